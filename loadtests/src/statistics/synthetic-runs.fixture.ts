import { seededRandom } from '../loads/seeded-random.js';
import type { Experiment, Run } from '../results/results.js';
import { normal } from './noise.fixture.js';

/** The defect of a world, in the arms named by `in`. */
export type Planted =
  | 'nothing'
  | 'every tenth todo is forgotten'
  | 'a server loses the login with 1 %'
  | 'a server is 50 ms slower'
  | 'a server answers for the wrong user'
  | 'the store loses its last second';

export interface World {
  readonly seed: number;
  readonly blocks: number;
  readonly planted?: Planted;
  /** The arms with the planted defect; all of them when left out. */
  readonly in?: readonly string[];
}

const USERS = 61;
const SERVERS = 3;
const REQUESTS = 28;
const TODOS = 7;

/** A run without losses, to be changed by a test. */
export function quietRun(experiment: Experiment, arm: string, block: number, change: Partial<Run> = {}): Run {
  const disturbed = experiment.disturb.length > 0;
  return {
    ...{ experiment: experiment.name, arm, scenario: arm.split('@')[0] ?? arm, engine: 'holdfast' },
    ...{ fault: disturbed ? 'kill' : 'none', phase: disturbed ? 'after' : 'whole', block, repeat: block },
    ...{ durationSeconds: 40, users: USERS, finishedUsers: USERS, loggedIn: USERS, valid: true, invalidBecause: null },
    ...{ requests: USERS * REQUESTS, failedRequests: 0, failedReads: 0, failedWrites: 0, loggedOut: 0 },
    ...{ todosAcknowledged: USERS * TODOS, todosLost: 0, chatSent: 0, chatDelivered: 0, requestsPerSecond: 43 },
    ...{ p50Ms: 4, p95Ms: 9, p99Ms: 15, share: {}, recoveryMs: 0, perServer: {} },
    ...{ cost: { gateway: 100, servers: 300, redis: 30, generator: 200 } },
    disturbances: disturbed ? [{ id: 'kill', target: `server-${1 + (block % SERVERS)}`, atSeconds: 20 }] : [],
    ...{ counted: {}, estimated: {}, perSecond: { requests: [], errors: [], losses: [] } },
    ...change,
  };
}

/**
 * Runs of an experiment with 61 users on 3 servers. Arms whose name ends in `local` keep state in the memory of the server that
 * a user is bound to, and lose it when that server is killed; all others have only the planted losses.
 */
export function syntheticRuns(experiment: Experiment, { seed, blocks, planted = 'nothing', in: where }: World): Run[] {
  const random = seededRandom(seed);
  const runs: Run[] = [];
  for (let block = 1; block <= blocks; block++) {
    const blockNoise = 0.2 * normal(random);
    for (const arm of experiment.arms) {
      const present = where === undefined || where.includes(arm) ? planted : 'nothing';
      runs.push(oneRun(experiment, arm, block, present, blockNoise, random));
    }
  }
  return runs;
}

function oneRun(
  experiment: Experiment,
  arm: string,
  block: number,
  planted: Planted,
  blockNoise: number,
  random: () => number,
): Run {
  const killed = experiment.disturb.length > 0;
  const victim = block % SERVERS;
  const count = { bound: 0, unbound: 0, lostBound: 0, lostUnbound: 0, todosLost: 0, wrongUser: 0 };
  for (let user = 0; user < USERS; user++) {
    const bound = user % SERVERS === victim;
    count[bound ? 'bound' : 'unbound']++;
    const diesWithServer = killed && bound && arm.split('@')[0]?.endsWith('local');
    let lost = diesWithServer === true;
    for (let request = 0; request < REQUESTS; request++) {
      const server = Math.floor(random() * SERVERS);
      if (planted === 'a server loses the login with 1 %' && server === 0 && random() < 0.01) lost = true;
      if (planted === 'a server answers for the wrong user' && server === 0 && random() < 0.005) count.wrongUser++;
    }
    for (let todo = 0; todo < TODOS; todo++) {
      const forgotten = planted === 'every tenth todo is forgotten' && (user * TODOS + todo) % 10 === 9;
      const inLastSecond = planted === 'the store loses its last second' && killed && random() < 1 / 40;
      if (diesWithServer || forgotten || inLastSecond) count.todosLost++;
    }
    if (lost) count[bound ? 'lostBound' : 'lostUnbound']++;
  }
  const slower = planted === 'a server is 50 ms slower';
  const speed = (ms: number) => ms * Math.exp(blockNoise + 0.03 * normal(random));
  const loggedOut = count.lostBound + count.lostUnbound;
  return quietRun(experiment, arm, block, {
    loggedOut,
    todosLost: count.todosLost,
    // A third of the requests wait 50 ms: more than half do not, so that the median hardly moves.
    ...{ p50Ms: speed(slower ? 5 : 4), p99Ms: speed(slower ? 65 : 15) },
    counted: {
      loggedOut: { hit: loggedOut, of: USERS },
      'loggedOut.bound': { hit: count.lostBound, of: count.bound },
      'loggedOut.unbound': { hit: count.lostUnbound, of: count.unbound },
      todosLost: { hit: count.todosLost, of: USERS * TODOS },
      wrongUser: { hit: count.wrongUser, of: USERS * REQUESTS },
    },
    estimated: { 'cpuUs.servers': speed(300), 'cpuUs.redis': speed(arm.includes('cached') ? 10 : 40) },
  });
}
