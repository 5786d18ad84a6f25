/** The plan of a run on a cluster, from the environment: every pod makes the same one. Import it before the journeys. */
import exec from 'k6/execution';
import chatRooms from '../src/journeys/chat-rooms.ts';
import { drawSteps } from '../src/journeys/draw-steps.ts';
import type { Journey } from '../src/journeys/journey.ts';
import loginOnce from '../src/journeys/login-once.ts';
import noCookieJar from '../src/journeys/no-cookie-jar.ts';
import todos from '../src/journeys/todos.ts';
import twoDevices from '../src/journeys/two-devices.ts';
import { type PartlyOpenLoad, sendTimes, signInMs } from '../src/loads/send-times.ts';

const JOURNEYS: readonly Journey[] = [chatRooms, loginOnce, noCookieJar, todos, twoDevices];
const SEED = 1;

export const journey =
  JOURNEYS.find(({ id }) => id === __ENV.JOURNEY) ?? wrong('JOURNEY', JOURNEYS.map(({ id }) => id).join(', '));

const load: PartlyOpenLoad = {
  users: number('USERS'),
  perSecond: number('REQUESTS_PER_USER_AND_SECOND'),
  spacing: 'exponential',
  warmUpMs: number('WARM_UP_SECONDS') * 1_000,
  measureMs: number('MEASURE_SECONDS') * 1_000,
  heavyUsers: 0,
};

const plan = {
  baseUrl: __ENV.BASE_URL ?? wrong('BASE_URL', 'https://app.example'),
  users: load.users,
  // Users of a second run have other names; each pod has users of its own, so that their names differ anyway.
  get stamp() {
    return exec.scenario.startTime.toString(36);
  },
  // From the block for benchmarks (RFC 2544); it counts only where the load balancer believes what k6 says.
  addresses: each((user) => `198.18.${(user >> 8) & 255}.${user & 255}`),
  moves: [],
  signInMs: each((user) => signInMs(load, user)),
  // Drawn for the users of this pod only, when they begin.
  steps: each((user) => drawSteps(journey, sendTimes(load, SEED, user), SEED, user)),
  ...{ comesBack: journey.comesBack, chats: journey.chats, keepsAffinity: journey.keepsAffinity },
  closingMs: load.warmUpMs + load.measureMs,
  ...journey.tells?.(load),
};

(globalThis as { clusterPlan?: unknown }).clusterPlan = Object.defineProperties(
  {},
  Object.getOwnPropertyDescriptors(plan),
);

/** A list whose entry for a user is made when it is read. */
function each<T>(make: (user: number) => T): readonly T[] {
  return new Proxy([], { get: (_, index) => make(Number(index) + 1) });
}

function number(name: string): number {
  const value = Number(__ENV[name]);
  return value > 0 ? value : wrong(name, 'a number above 0');
}

function wrong(name: string, fix: string): never {
  throw new Error(`${name} is "${__ENV[name] ?? ''}": give ${fix}`);
}
