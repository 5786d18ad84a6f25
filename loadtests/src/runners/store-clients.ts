import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const options = z.strictObject({
  /** Clients of one Redis, each with connections and a near cache of its own, as so many servers have. */
  clients: z.int().min(1).max(1_000),
  sessions: z.int().min(50).max(10_000).default(100),
  writes: z.int().min(100).max(100_000).default(2_000),
});
type StoreClientsOptions = z.infer<typeof options>;

const count = z.int().nonnegative();
const measured = z.object({
  ...{ late: count, lastServedMs: z.number(), connections: count },
  ...{ redisUsPerWrite: z.number().nonnegative(), copies: count, stale: count },
});

export default defineRunner<StoreClientsOptions>({
  id: 'store-clients',
  title: 'clients of one store start at once, each serves every session, and one of them writes',
  options,
  names: {
    clientsLate: 'clients that had not served a session ten seconds after all were started, of clients',
    connections: 'connections of all clients to Redis',
    copiesStale: 'sessions that a client served as they were before a write of a second ago, of sessions times clients',
    lastServedMs: 'from the start of all clients until the last had served a session',
    redisUsPerWrite: 'CPU microseconds of Redis for a write that every client hears of',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionProgram('lab/store-clients', task.options, measured, onStart))];
  },
});

function entryOf(task: RunnerTask<StoreClientsOptions>, seen: z.infer<typeof measured>): Run {
  const { late, lastServedMs, connections, redisUsPerWrite, copies, stale } = seen;
  const { clients } = task.options;
  const arm = { name: task.arm, scenario: 'store-clients', engine: 'cached', options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users: clients, finishedUsers: clients },
    counted: {
      clientsLate: { hit: late, of: clients },
      connections: { hit: connections, of: connections },
      copiesStale: { hit: stale, of: copies },
    },
    estimated: { lastServedMs, redisUsPerWrite },
  };
}
