import type { UserLedger } from './user-ledger.js';

/** What the gateway itself counted of the answers with success in one run, beside what its users saw. */
export interface AnswersComparison {
  /** Answers with success (2xx) that users saw, of servers that the gateway knew from the start to the end. */
  readonly seen: number;
  /** Those of them that the gateway did not send: the ledger is wrong. */
  readonly notSent: number;
  /** Answers with success that the gateway sent and no user saw: what was promised in them is in no count. */
  readonly unseen: number;
}

/** The answers with success that the gateway has sent of one server. */
export interface SentAnswers {
  /** Names the counter: that of another gateway process, and that of a server at another address, began at 0 in between. */
  readonly counter: string;
  readonly sent: number;
}

type Sent = ReadonlyMap<string, SentAnswers>;

/**
 * Compares the ledgers with the answers that the gateway had sent of each server before and after the run. It holds for server memory
 * too, which nobody but its own server can read. Undefined when the gateway counted none of these servers throughout.
 */
export function compareWithGateway(
  ledgers: readonly UserLedger[],
  before: Sent,
  after: Sent,
): AnswersComparison | undefined {
  const seenOf = new Map<string, number>();
  for (const { server, status } of ledgers.flatMap(({ requests }) => requests))
    if (status >= 200 && status < 300) seenOf.set(server, (seenOf.get(server) ?? 0) + 1);
  let [seen, notSent, unseen] = [0, 0, 0];
  for (const [server, count] of seenOf) {
    const [first, last] = [before.get(server), after.get(server)];
    if (first === undefined || first.counter !== last?.counter) continue;
    const sent = last.sent - first.sent;
    seen += count;
    notSent += Math.max(0, count - sent);
    unseen += Math.max(0, sent - count);
  }
  return seen === 0 ? undefined : { seen, notSent, unseen };
}
