import type { EventType } from './catalogue.js';
import type { AnyEvent } from './envelope.js';

export interface Subscription {
  /** Consumers of one group share the events; each group receives all of them, including those from before its first start. */
  readonly group: string;
  /** Events of other types are passed over. */
  readonly types: readonly EventType[];
  /**
   * Resolves when the event's work is done; rejects to be called again. The transport calls it at least once per event: use the
   * event's id to ignore a second copy. After the time limit `attempt.signal` aborts, the try counts as failed, and the transport
   * calls the handler again, even if the first call never ends.
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
  /** Events deleted before the group received them, for example by Kafka's retention. */
  readonly lost: number;
  /**
   * Events not yet handled, as of a few seconds ago, in this process's share. The sum over a group's processes is the group's
   * lag.
   */
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
