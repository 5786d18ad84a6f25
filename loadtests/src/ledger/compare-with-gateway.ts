import type { UserLedger } from './user-ledger.js';

/** What the gateway itself counted of the answers with success in one run, beside what its users saw. */
export interface AnswersComparison {
  /** Answers with success (2xx) that users saw, of servers that the gateway knew from the start to the end. */
  readonly seen: number;
  /** Those of them that the gateway did not send, or that name no server: the ledger is wrong. */
  readonly notSent: number;
  /** Answers with success that the gateway began to send and no user saw whole: what was promised in them is in no count. */
  readonly unseen: number;
  /** Answers with success, as users saw them, of servers that came or went, or that the gateway counted anew. */
  readonly notCompared: number;
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
 * too, which nobody but its own server can read.
 */
export function compareWithGateway(ledgers: readonly UserLedger[], before: Sent, after: Sent): AnswersComparison {
  const seenOf = new Map<string, number>();
  for (const { server, status } of ledgers.flatMap(({ requests }) => requests))
    if (status >= 200 && status < 300) seenOf.set(server, (seenOf.get(server) ?? 0) + 1);
  const nameless = seenOf.get('') ?? 0;
  let [seen, notSent, unseen, notCompared] = [nameless, nameless, 0, 0];
  seenOf.delete('');
  for (const server of new Set([...seenOf.keys(), ...after.keys()])) {
    const [count, first, last] = [seenOf.get(server) ?? 0, before.get(server), after.get(server)];
    if (first === undefined || first.counter !== last?.counter || last.sent < first.sent) {
      notCompared += count;
      continue;
    }
    const sent = last.sent - first.sent;
    seen += count;
    notSent += Math.max(0, count - sent);
    unseen += Math.max(0, sent - count);
  }
  return { seen, notSent, unseen, notCompared };
}
