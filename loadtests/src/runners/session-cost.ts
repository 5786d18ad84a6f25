import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { cost } from '../session-cost/cost.js';
import { latency } from '../session-cost/latency.js';
import { memory } from '../session-cost/memory.js';
import { revocation } from '../session-cost/revocation.js';
import type { Figures } from '../session-cost/stores.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner } from './runner.js';

const quick = z.boolean().default(false);
const options = z.discriminatedUnion('part', [
  z.strictObject({ part: z.enum(['cost', 'latency', 'revocation', 'memory', 'scale', 'login-cap']), quick }),
  z.strictObject({
    part: z.literal('stock-store'),
    store: z.enum(['php-redis', 'php-redis-locking', 'flask-session', 'spring-session']),
    quick,
  }),
]);
type Options = z.infer<typeof options>;

const count = z.int().nonnegative();
const scaled = z.array(
  z.object({
    ...{ sessions: count, bytesPerSession: z.number(), loginMicros: z.number() },
    ...{ readMs: z.number(), listDevicesMs: z.number() },
  }),
);
const capped = z.object({ rounds: count, cap: count, parallelLogins: count, mostAlive: count });
const raced = z.object({
  pairs: count,
  lostUpdates: count,
  revivedSessions: count,
  oldSidsAlive: count,
  broken: count,
});

export default defineRunner<Options>({
  id: 'session-cost',
  title: 'the session stores side by side in one run: MemoryStore, connect-redis, and ours without and with near cache',
  options,
  names: {
    cpuMicros: 'microseconds of processor time of the server for an authenticated GET (of each store)',
    timesMemory: 'the same, in times of that with MemoryStore in the same round',
    redisCommands: 'commands to Redis for an authenticated GET',
    msAt0Ms:
      'milliseconds of an authenticated GET, one connection (and msAt1Ms, msAt2Ms: Redis is that much further away)',
    roundTrips: 'ways to Redis and back that an authenticated GET waits for',
    endedP50Ms: 'half of the ended sessions were refused by three instances this soon, or their socket closed',
    endedP99Ms: '99 of 100 ended sessions were refused by three instances this soon, or their socket closed',
    heapBytes: 'heap of the server for each further session',
    bytesPerSession: 'memory of Redis for a session, by the number of sessions',
    loginMicros: 'microseconds of a login, by the number of sessions',
    readMs: 'milliseconds of a read, by the number of sessions',
    listDevicesMs: 'milliseconds of a list of devices, by the number of sessions',
    overCap: 'sessions of a user above the cap after parallel logins, of the logins',
    updatesLost: 'pairs of parallel writes to different attributes of which one is gone, of pairs',
    logoutsRevived: 'sessions that a parallel write brought back after their logout, of logouts',
    oldIdsAlive: 'session ids that still let somebody in after they were replaced, of those replaced',
    sessionsBroken: 'races whose cookie makes every request fail, of races',
  },
  async run(task, onStart) {
    const arm = { name: task.arm, scenario: 'session-cost', engine: 'session', options: {} };
    const counts = await measure(task.options, onStart);
    return [{ ...lostRun({ ...task, arm }, ''), ...counts, valid: true, invalidBecause: null }];
  },
});

type Counts = Partial<Pick<Run, 'counted' | 'estimated'>>;
const BETWEEN_SERVERS: Readonly<Record<string, (quick: boolean) => Promise<Figures>>> = {
  ...{ cost, latency, revocation, memory },
};

async function measure(task: Options, onStart: (stop: () => void) => void): Promise<Counts> {
  const between = BETWEEN_SERVERS[task.part];
  if (between !== undefined) return { estimated: await between(task.quick) };
  if (task.part === 'scale') {
    const sizes = task.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
    const points = await askSessionProgram('lab/scale', { sizes }, scaled, onStart);
    const figures = points.flatMap(({ sessions, ...point }) =>
      Object.entries(point).map(([name, value]) => [`${name}.of${sessions}`, value] as const),
    );
    return { estimated: Object.fromEntries(figures) };
  }
  if (task.part === 'login-cap') {
    const seen = await askSessionProgram('lab/login-cap', { rounds: task.quick ? 50 : 1_000 }, capped, onStart);
    const { cap, mostAlive, rounds, parallelLogins } = seen;
    return { counted: { overCap: { hit: Math.max(0, mostAlive - cap), of: rounds * parallelLogins } } };
  }
  if (task.part !== 'stock-store') return {};
  const asked = { store: task.store, pairs: task.quick ? 200 : 1_000 };
  const { pairs: of, ...seen } = await askSessionProgram('lab/stock-races', asked, raced, onStart);
  return {
    counted: {
      updatesLost: { hit: seen.lostUpdates, of },
      logoutsRevived: { hit: seen.revivedSessions, of },
      oldIdsAlive: { hit: seen.oldSidsAlive, of },
      sessionsBroken: { hit: seen.broken, of: 3 * of },
    },
  };
}
