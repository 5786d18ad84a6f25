import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const options = z.strictObject({
  /** What keeps the sessions: a process (`memory`), or Redis. */
  store: z.enum(['memory', 'connect-redis', 'redis', 'cached']),
  /** The size of that process (`--max-old-space-size`) or of Redis (`maxmemory`). */
  megabytes: z.int().min(16).max(4_096).default(256),
  /** What Redis does when it is full: it refuses to write, or it deletes the keys that were not used for the longest time. */
  eviction: z.enum(['noeviction', 'allkeys-lru']).default('noeviction'),
});
type UntilFullOptions = z.infer<typeof options>;

const count = z.int().nonnegative();
const measured = z.object({
  ...{ held: z.int().positive(), died: z.boolean(), stalled: z.boolean(), loginsTried: count, loginsRefused: count },
  ...{ asked: count, gone: count },
});

export default defineRunner<UntilFullOptions>({
  id: 'until-full',
  title: 'sessions are made without password hashing until what keeps them is full; how many it held, and how it ended',
  options,
  names: {
    sessionsHeld: 'sessions that it held when it was full, of those made until then',
    processesDied:
      'processes that V8 ended for want of memory, of processes; the others did nothing any more but look for it',
    loginsRefused: 'logins that were refused when Redis was full, of those tried then',
    sessionsGone: 'sessions that were gone afterwards without a word, of those asked for again',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionProgram('lab/until-full', task.options, measured, onStart))];
  },
});

function entryOf(task: RunnerTask<UntilFullOptions>, seen: z.infer<typeof measured>): Run {
  const { held, died, loginsTried, loginsRefused, asked, gone } = seen;
  const { store } = task.options;
  const arm = { name: task.arm, scenario: 'until-full', engine: store, options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users: held, finishedUsers: held },
    counted: {
      sessionsHeld: { hit: held, of: held },
      ...(store === 'memory'
        ? { processesDied: { hit: died ? 1 : 0, of: 1 } }
        : { loginsRefused: { hit: loginsRefused, of: loginsTried } }),
      sessionsGone: { hit: gone, of: asked },
    },
  };
}
