import type { ForwardFailure } from './forward-failure.js';

/** The facts that the rule decides on. */
export interface RetryFacts {
  readonly failure: ForwardFailure;
  readonly idempotent: boolean;
  /** The request's bytes so far are still at hand. */
  readonly replayable: boolean;
  readonly upgrade: boolean;
  /** Attempts that already went to another destination because one failed. */
  readonly retries: number;
  /** One reused connection of this request has already turned out stale. */
  readonly replayedStale: boolean;
  /** The client is bound to the destination. */
  readonly bound: boolean;
  /** Number of times the request was sent to the same destination again. */
  readonly replays: number;
}

export type RetryDecision = 'same-destination' | 'other-destination' | 'give-up';

const MAX_REPLAYS = 2;

/**
 * Decides whether to send a request again. It is never sent again once an answer has begun. A request that may have been processed is
 * sent again only if its method is idempotent, with at most one retry on another destination. A kept-alive connection that
 * broke while we sent says nothing against the destination, so that request goes there again, on a fresh connection.
 */
export function retryRule(facts: RetryFacts): RetryDecision {
  const { failure } = facts;
  if (failure.phase === 'answer-body' || !facts.replayable) return 'give-up';
  const nothingSent = failure.phase === 'connect';
  if (!nothingSent && !facts.idempotent) return 'give-up';
  // A destination that closes instead of upgrading has given its answer; another one would give the same.
  if (!nothingSent && facts.upgrade && !failure.reused) return 'give-up';
  if (failure.kind === 'malformed') return 'give-up';
  if (failure.phase === 'answer-head' && failure.kind === 'timeout') return 'give-up';
  if (failure.reused && failure.kind === 'lost' && !facts.replayedStale) return 'same-destination';
  // A bound client is not moved by a connection that closed: if its destination died, the next one is refused.
  if (facts.bound && failure.kind === 'lost') return facts.replays < MAX_REPLAYS ? 'same-destination' : 'give-up';
  return facts.retries === 0 ? 'other-destination' : 'give-up';
}
