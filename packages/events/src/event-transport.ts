import type { EventType } from './catalogue.js';
import type { AnyEvent } from './envelope.js';

export interface Subscription {
  /** Consumers of one group share the events; each group is given all of them, also those from before its first start. */
  readonly group: string;
  /** Events of other types are passed over. */
  readonly types: readonly EventType[];
  /**
   * Resolves when the event's work is done. Called at least once per event: do the work so that twice is once, with the
   * event's id. Rejects to be called again. It has a time limit: when that is over, `attempt.signal` aborts, the try has
   * failed, and the handler is called again, even if the first call never ends.
   */
  readonly handle: (event: AnyEvent, attempt: Attempt) => Promise<void>;
}

/** One try of a handler. */
export interface Attempt {
  /** Aborts when the time limit of this try is over. */
  readonly signal: AbortSignal;
}

export interface Running {
  /** Takes no more events, and resolves when those in hand are finished. */
  close(): Promise<void>;
}

/** Counters since the start, and how far a group is behind. */
export interface EventMetrics {
  readonly handled: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** Events that were deleted before the group was given them, such as by Kafka's retention. */
  readonly lost: number;
  /** Events not yet handled, as of a few seconds ago, of what this process works on: add the processes of a group up. */
  readonly lag: number;
}

/**
 * Carries events from the outbox to handlers, at least once. An event that fails five times goes to the dead letters with
 * the reason, and those after it move on. Keys do not wait for each other.
 */
export interface EventTransport {
  subscribe(subscription: Subscription): Promise<Running>;
  metrics(): EventMetrics;
}
