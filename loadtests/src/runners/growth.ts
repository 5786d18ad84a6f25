import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { askSessionBench } from '../systems/package-program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const options = z.strictObject({
  store: z.enum(['memory', 'connect-redis', 'redis', 'cached']),
  /** The size of the memory that keeps the sessions: that of the process, or that of Redis. */
  megabytes: z.int().min(32).max(4_096).default(64),
});
type GrowthOptions = z.infer<typeof options>;

const count = z.int().nonnegative();
const measured = z.object({
  ...{ bytesInProcess: count, bytesInRedis: count, made: z.int().positive(), sessionsUntilFull: z.int().positive() },
  died: z.boolean(),
});

export default defineRunner<GrowthOptions>({
  id: 'growth',
  title: 'sessions are made without password hashing, and those in the memory of a process until it stalls or dies',
  options,
  names: {
    sessionsUntilFull:
      'sessions that fit in the megabytes of what keeps them: counted for a process, by bytes in Redis',
    bytesInProcess: 'heap of the process for each further session',
    bytesInRedis: 'memory of Redis for each further session',
    goneWithProcess: 'sessions that ended with the process that had too many, of sessions made',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionBench('lab/growth', task.options, measured, onStart))];
  },
});

function entryOf(task: RunnerTask<GrowthOptions>, seen: z.infer<typeof measured>): Run {
  const { bytesInProcess, bytesInRedis, made, died, sessionsUntilFull } = seen;
  const arm = { name: task.arm, scenario: 'growth', engine: task.options.store, options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users: made, finishedUsers: made },
    counted: { goneWithProcess: { hit: died ? made : 0, of: made } },
    estimated: { sessionsUntilFull, bytesInProcess, bytesInRedis },
  };
}
