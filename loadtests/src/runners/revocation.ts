import { z } from 'zod';
import { type RevocationTimes, revokeSessions } from '../chat/revoke-sessions.js';
import { percentile } from '../measures/window.js';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { withOwnSystem } from '../systems/own-system.js';
import { defineRunner, type RunnerTask } from './runner.js';

const SCENARIO = 'round-robin-cached';
/** A session that is still served so long after its end was ended late. */
const LATE_MS = 250;

const options = z.strictObject({
  /** Users with an open chat socket, spread over all chat instances. */
  sockets: z.int().min(20).max(5_000).default(1_000),
  /** The number of those users who lose their session, one after the other. */
  revocations: z.int().min(20).max(5_000).default(300),
});
type RevocationOptions = z.infer<typeof options>;

export default defineRunner<RevocationOptions>({
  id: 'revocation',
  title: `users of ${SCENARIO} end one of their two sessions from the other, as after the theft of a phone`,
  options,
  names: {
    endedLate: `sessions that an instance still served ${LATE_MS} ms after their end, of sessions ended`,
    closedLate: `sockets that were still open ${LATE_MS} ms after the end of their session, of sessions ended`,
    endedP50Ms: 'half of the sessions were refused everywhere this soon after their end, or their socket closed',
    endedP99Ms: '99 of 100 sessions were refused everywhere this soon after their end, or their socket closed',
  },
  async run(task, onStart) {
    // All users register from one address.
    const env = { REGISTRATIONS_PER_ADDRESS: '100000' };
    return withOwnSystem(SCENARIO, env, onStart, async (system) => [
      entryOf(task, await revokeSessions(system, task.options)),
    ]);
  },
});

function entryOf(task: RunnerTask<RevocationOptions>, { refused, closed }: RevocationTimes): Run {
  const { sockets: users, revocations: of } = task.options;
  const arm = { name: task.arm, scenario: SCENARIO, engine: 'holdfast', options: {} };
  const late = (times: readonly number[]) => ({ hit: times.filter((ms) => ms > LATE_MS).length, of });
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users, finishedUsers: users, loggedIn: users },
    counted: { endedLate: late(refused), closedLate: late(closed) },
    estimated: {
      ...{ 'endedP50Ms.refused': percentile(refused, 0.5), 'endedP99Ms.refused': percentile(refused, 0.99) },
      ...{ 'endedP50Ms.closed': percentile(closed, 0.5), 'endedP99Ms.closed': percentile(closed, 0.99) },
    },
  };
}
