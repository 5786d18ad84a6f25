import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const options = z.strictObject({
  /** The store of two servers, or for `memory` that of one server, as with sticky routing. */
  store: z.enum(['memory', 'connect-redis', 'redis', 'cached']),
  pairs: z.int().min(20).max(100_000).default(1_000),
});
type RaceOptions = z.infer<typeof options>;

const count = z.int().nonnegative();
const measured = z.object({
  ...{ pairs: z.int().positive(), lostUpdates: count, revivedSessions: count, oldSidsAlive: count },
  seconds: z.number(),
});

export default defineRunner<RaceOptions>({
  id: 'races',
  title:
    'two requests of one session at once, 0 to 2 ms each: two writes, a write and a logout, a write and a new session id',
  options,
  names: {
    updatesLost: 'pairs of parallel writes to different attributes of which one is gone, of pairs',
    logoutsRevived: 'sessions that a parallel write brought back after their logout, of logouts',
    oldIdsAlive: 'session ids that still let somebody in after they were replaced, of those replaced',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionProgram('lab/races', task.options, measured, onStart))];
  },
});

/** The entry of the races. Each pair runs three of them, and all are counted. */
function entryOf(task: RunnerTask<RaceOptions>, seen: z.infer<typeof measured>): Run {
  const { pairs: of, lostUpdates, revivedSessions, oldSidsAlive, seconds } = seen;
  const arm = { name: task.arm, scenario: 'races', engine: task.options.store, options: {} };
  const requests = of * 6;
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, durationSeconds: seconds },
    ...{ users: of, finishedUsers: of, requests, requestsPerSecond: Math.round(requests / seconds) },
    counted: {
      updatesLost: { hit: lostUpdates, of },
      logoutsRevived: { hit: revivedSessions, of },
      oldIdsAlive: { hit: oldSidsAlive, of },
    },
  };
}
