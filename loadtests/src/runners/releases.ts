import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const options = z.strictObject({
  store: z.enum(['connect-redis', 'redis']),
  /** The form of the application's data in a session, in the new release compared with the old one. */
  form: z.enum(['same', 'changed']),
  /** The treatment of the old form by the new release: nothing, reads it (`upgrade`), or also writes it (`both`). */
  translates: z.enum(['nothing', 'upgrade', 'both']).default('nothing'),
  users: z.int().min(20).max(10_000).default(200),
});
type ReleaseOptions = z.infer<typeof options>;

const count = z.int().nonnegative();
const measured = z.object({
  ...{ requests: z.int().positive(), failed: count, added: z.int().positive(), itemsLost: count },
  ...{ users: z.int().positive(), usersOut: count },
});

export default defineRunner<ReleaseOptions>({
  id: 'releases',
  title: 'an old and a new release serve the same sessions in turns, as during an update',
  options,
  names: {
    releaseErrors: 'requests in which a release could not work with what the other had written, of requests',
    itemsLost: 'items of carts that were acknowledged and are gone, of items',
    usersOut: 'users whom one of the releases does not know any more, of users',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionProgram('lab/releases', task.options, measured, onStart))];
  },
});

function entryOf(task: RunnerTask<ReleaseOptions>, seen: z.infer<typeof measured>): Run {
  const { requests, failed, added, itemsLost, users, usersOut } = seen;
  const arm = { name: task.arm, scenario: 'releases', engine: task.options.store, options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users, finishedUsers: users, requests, failedRequests: failed },
    counted: {
      releaseErrors: { hit: failed, of: requests },
      itemsLost: { hit: itemsLost, of: added },
      usersOut: { hit: usersOut, of: users },
    },
  };
}
