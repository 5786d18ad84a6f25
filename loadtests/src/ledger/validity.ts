import { percentile } from '../measures/window.js';
import type { AnswersComparison } from './compare-with-gateway.js';
import type { StoreComparison } from './compare-with-store.js';
import type { UserLedger } from './user-ledger.js';

/** Fewer acknowledged todos or logins than these are too few to show that none are lost. */
export const LEAST_PROMISES = 30;
export const LEAST_USERS = 20;
/** With a larger share of failed requests before any disturbance, the run measured an outage and not the arm. */
const MOST_FAILED_RATIO = 0.01;
/** With a request sent this much later than intended although its user had no other open, the generator stood still. */
const MOST_LATENESS_MS = 50;
/** With nobody sending anything for longer than this while somebody's request was due, it stood still, however few requests that hit. */
const MOST_STANDSTILL_MS = 1_000;

/** The facts about a run from which its validity follows. */
export interface Evidence {
  readonly users: number;
  readonly ledgers: readonly UserLedger[];
  /** The time at which the disturbance began, milliseconds after the start; undefined in a calm run. */
  readonly disturbedMs: number | undefined;
  /** The reason why a planned disturbance was not confirmed; undefined when it was, and in a calm run. */
  readonly notDisturbed: string | undefined;
  /** One sentence about processes that ended although no disturbance was to end them; undefined for none. */
  readonly ended?: string | undefined;
  /** What the store holds of the todos; undefined when it was not asked. */
  readonly store?: StoreComparison | undefined;
  /** What the gateway counted of the answers; undefined when it was not asked. */
  readonly answers?: AnswersComparison | undefined;
  /** Whether the journey makes promises beside the login. */
  readonly addsTodos: boolean;
  /** Whether users who never get in, and are promised nothing, are a result. */
  readonly mayStayOut?: boolean | undefined;
}

/** The reason why the run decides nothing, or null when it is valid. */
export function invalidBecause(evidence: Evidence): string | null {
  const { users, ledgers, disturbedMs = Infinity, notDisturbed, ended, store, answers, addsTodos } = evidence;
  if (notDisturbed !== undefined) return `the disturbance was not confirmed: ${notDisturbed}`;
  if (ended !== undefined) return ended;
  if (store !== undefined && store.notStored > 0)
    return `Redis does not hold ${store.notStored} of the ${store.shown} todos that servers showed at the end`;
  if (answers !== undefined && answers.notSent > 0)
    return `the gateway did not send ${answers.notSent} of the ${answers.seen} answers with success that users say they got`;
  const finished = ledgers.filter(({ closingMs }) => closingMs !== null).length;
  if (finished < users) return `only ${finished} of ${users} users finished`;
  const lateMs = generatorLateness(ledgers);
  if (lateMs > MOST_LATENESS_MS)
    return `the load generator was late by ${Math.round(lateMs)} ms (p99), ${MOST_LATENESS_MS} are allowed: end what else runs on this machine, or take fewer users`;
  const stillMs = generatorStandstill(ledgers);
  if (stillMs > MOST_STANDSTILL_MS)
    return `the load generator stood still for ${Math.round(stillMs)} ms, ${MOST_STANDSTILL_MS} are allowed: end what else runs on this machine, or take fewer users`;
  const failedBefore = whyFailing(ledgers, disturbedMs);
  if (evidence.mayStayOut) return failedBefore;
  const loggedIn = ledgers.filter(({ requests }) => requests.some(({ outcome }) => outcome === 'ok')).length;
  if (loggedIn < LEAST_USERS) return `only ${loggedIn} users were ever logged in, ${LEAST_USERS} are needed`;
  if (failedBefore !== null) return failedBefore;
  const promises = ledgers.reduce((sum, { todos }) => sum + todos.length, 0);
  if (addsTodos && promises < LEAST_PROMISES)
    return `only ${promises} writes were acknowledged, ${LEAST_PROMISES} are needed`;
  const members = ledgers.flatMap(({ chat }) => (chat === undefined ? [] : [chat]));
  const messages = members.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  if (members.length > 0 && messages < LEAST_PROMISES)
    return `only ${messages} chat messages were acknowledged, ${LEAST_PROMISES} are needed`;
  return null;
}

function whyFailing(ledgers: readonly UserLedger[], disturbedMs: number): string | null {
  const before = ledgers.flatMap(({ requests }) => requests).filter(({ endMs }) => endMs < disturbedMs);
  const failed = before.filter(({ outcome }) => outcome === 'failed').length;
  if (failed <= before.length * MOST_FAILED_RATIO) return null;
  return `${failed} of ${before.length} requests failed before any disturbance, more than ${MOST_FAILED_RATIO * 100} %`;
}

/** p99 of the lateness of requests that were sent while no other request of their user was open. */
export function generatorLateness(ledgers: readonly UserLedger[]): number {
  const late = ledgers.flatMap(dueRequests).map(({ dueMs, sentMs }) => sentMs - dueMs);
  return percentile(
    late.sort((a, b) => a - b),
    0.99,
  );
}

/** The longest time in which no user sent anything although a request was due. */
export function generatorStandstill(ledgers: readonly UserLedger[]): number {
  const due = ledgers.flatMap(dueRequests).sort((a, b) => a.dueMs - b.dueMs);
  const sent = ledgers.flatMap(({ requests }) => requests.map(({ sentMs }) => sentMs)).sort((a, b) => a - b);
  let longestMs = 0;
  let next = 0;
  for (const { dueMs, sentMs } of due) {
    while ((sent[next] ?? Infinity) < dueMs) next++;
    // A clock of milliseconds may say that a request was sent just before its time.
    if (sentMs > dueMs) longestMs = Math.max(longestMs, (sent[next] ?? sentMs) - dueMs);
  }
  return longestMs;
}

/** The user's intended requests, each with the time from which nothing but the generator kept it from being sent. */
function dueRequests({ requests, readyMs }: UserLedger): { dueMs: number; sentMs: number }[] {
  return requests.flatMap(({ intendedMs, sentMs }, n) => {
    if (intendedMs === undefined) return [];
    // After an answer or a chat that came late, the server is late and not the generator.
    const freeMs = Math.max(requests[n - 1]?.endMs ?? 0, readyMs);
    return [{ dueMs: Math.max(intendedMs, freeMs), sentMs }];
  });
}
