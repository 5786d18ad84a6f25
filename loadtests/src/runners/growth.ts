import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { slope } from '../statistics/slope.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

/** The options of an arm; reports read the size of what is filled from them. */
export const growthOptions = z.strictObject({
  store: z.enum(['memory', 'connect-redis', 'redis', 'cached']),
  /** The size of the memory that keeps the sessions: that of the process, or that of Redis. */
  megabytes: z.int().min(32).max(4_096).default(64),
});
type GrowthOptions = z.infer<typeof growthOptions>;

const MEGABYTE = 1024 * 1024;

const count = z.int().nonnegative();
const measured = z.object({
  points: z.array(z.object({ sessions: count, heap: count, redis: count })).min(2),
  ...{ made: z.int().positive(), asked: count, gone: count },
});

export default defineRunner<GrowthOptions>({
  id: 'growth',
  title: 'sessions are made without password hashing, and those in the memory of a process until it stalls or dies',
  options: growthOptions,
  names: {
    sessionsUntilFull:
      'sessions that fit in the megabytes of what keeps them: counted for a process, computed from bytesInRedis for Redis',
    bytesInProcess: 'heap of the process for each further session',
    bytesInRedis: 'memory of Redis for each further session',
    goneWithProcess: 'sessions that a server does not know that was started afterwards, of those that it was asked for',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionProgram('lab/growth', task.options, measured, onStart))];
  },
});

function entryOf(task: RunnerTask<GrowthOptions>, { points, made, asked, gone }: z.infer<typeof measured>): Run {
  const { store, megabytes } = task.options;
  const arm = { name: task.arm, scenario: 'growth', engine: store, options: {} };
  const bytesOf = (part: 'heap' | 'redis'): number =>
    Math.max(0, Math.round(slope(points.map((point) => [point.sessions, point[part]]))));
  const [bytesInProcess, bytesInRedis] = [bytesOf('heap'), bytesOf('redis')];
  const sessionsUntilFull = store === 'memory' ? made : Math.round((megabytes * MEGABYTE) / bytesInRedis);
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users: made, finishedUsers: made },
    counted: { goneWithProcess: { hit: gone, of: asked } },
    estimated: { sessionsUntilFull, bytesInProcess, bytesInRedis },
  };
}
