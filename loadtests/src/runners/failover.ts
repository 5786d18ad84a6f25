import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { askSessionProgram } from '../systems/program.js';
import { defineRunner, type RunnerTask } from './runner.js';

const LEAST_WRITES_PER_SECOND = 500;
const LEAST_LOGINS = 100;

const options = z.strictObject({
  topology: z.enum(['sentinel', 'cluster']),
  fault: z.enum(['kill', 'partition']),
  /** The delay with which data from the primary arrives at its replica. */
  lagMs: z.int().min(0).max(1_000).default(0),
  /** Whether a login is acknowledged only when a replica has it. */
  wait: z.boolean().default(false),
  /** Whether a primary refuses writes when no replica answers. */
  minReplicas: z.boolean().default(false),
});
type FailoverOptions = z.infer<typeof options>;

const count = z.int().nonnegative();
const measured = z.object({
  ...{ logins: count, loginsLost: count, failed: count, writesPerSecond: count },
  ...{
    failedAtMs: z.number(),
    settledMs: z.number(),
    durationMs: z.number(),
    outageMs: z.number(),
    lostSpanMs: z.number(),
  },
  perSecond: z.strictObject({ requests: z.array(count), errors: z.array(count), losses: z.array(count) }),
});

export default defineRunner<FailoverOptions>({
  id: 'failover',
  title: 'a primary of Redis fails while users log in, and every acknowledged session is read back',
  options,
  names: {
    sessionsLost: 'sessions of acknowledged logins that cannot be read back, of acknowledged logins',
    lostSpanMs: 'how long logins were acknowledged that are lost',
    recoveryMs: 'from the fault until another primary serves and no client can write to the old one',
    outageMs: 'longest time without an acknowledged login',
  },
  async run(task, onStart) {
    return [entryOf(task, await askSessionProgram('failover/run', task.options, measured, onStart))];
  },
});

function entryOf(task: RunnerTask<FailoverOptions>, seen: z.infer<typeof measured>): Run {
  const { topology, fault } = task.options;
  const { logins, loginsLost, failed, writesPerSecond, failedAtMs, settledMs, durationMs, outageMs, perSecond } = seen;
  const arm = { name: task.arm, scenario: 'failover', engine: topology, options: {} };
  const requests = logins + failed;
  const because =
    writesPerSecond < LEAST_WRITES_PER_SECOND
      ? `only ${writesPerSecond} sessions were written to in a second, ${LEAST_WRITES_PER_SECOND} are needed`
      : logins < LEAST_LOGINS
        ? `only ${logins} logins were acknowledged, ${LEAST_LOGINS} are needed`
        : null;
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ fault, phase: 'whole', valid: because === null, invalidBecause: because },
    disturbances: [{ id: fault, target: 'the primary of Redis', atSeconds: failedAtMs / 1000 }],
    ...{ durationSeconds: durationMs / 1000, users: logins, finishedUsers: logins, loggedIn: logins },
    ...{ requests, failedRequests: failed, failedWrites: failed, loggedOut: loginsLost },
    ...{
      requestsPerSecond: Math.round(requests / (durationMs / 1000)),
      recoveryMs: Math.round(settledMs - failedAtMs),
    },
    counted: { sessionsLost: { hit: loginsLost, of: logins } },
    estimated: {
      recoveryMs: Math.round(settledMs - failedAtMs),
      outageMs,
      lostSpanMs: seen.lostSpanMs,
      writesPerSecond,
    },
    perSecond,
  };
}
