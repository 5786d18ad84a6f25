import type { Run } from './results.js';

/** Fewer acknowledged todos or logins than these prove nothing about losing them. */
export const LEAST_PROMISES = 30;
export const LEAST_USERS = 20;
/** Above this share of failed requests an outage was measured, not the scenario. */
const MOST_FAILED_RATIO = { calm: 0.01, withFault: 0.05 };
/** A user's pause that lasted this much longer than intended: the load generator stood still. */
const MOST_LATENESS_MS = 1_000;

/** What is known of a run before it is judged. */
export type Evidence = Pick<
  Run,
  'fault' | 'users' | 'finishedUsers' | 'loggedIn' | 'requests' | 'failedRequests' | 'todosAcknowledged'
> & { readonly generatorLateMs: number; readonly faultConfirmed: boolean };

/** Why the run decides nothing, or null when it is valid. */
export function invalidBecause(run: Evidence): string | null {
  const { users, finishedUsers, loggedIn, requests, failedRequests, todosAcknowledged, generatorLateMs } = run;
  const mostFailed = run.fault === 'none' ? MOST_FAILED_RATIO.calm : MOST_FAILED_RATIO.withFault;
  if (!run.faultConfirmed) return 'the fault was not confirmed';
  if (finishedUsers < users) return `only ${finishedUsers} of ${users} users finished`;
  if (generatorLateMs > MOST_LATENESS_MS) return `the load generator stood still for ${generatorLateMs} ms`;
  if (loggedIn < LEAST_USERS) return `only ${loggedIn} users were ever logged in, ${LEAST_USERS} are needed`;
  if (todosAcknowledged < LEAST_PROMISES)
    return `only ${todosAcknowledged} todos were acknowledged, ${LEAST_PROMISES} are needed`;
  if (failedRequests > requests * mostFailed)
    return `${failedRequests} of ${requests} requests failed, more than ${mostFailed * 100} %`;
  return null;
}
