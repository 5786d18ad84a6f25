import type { EventType } from './catalogue.js';
import type { AnyEvent } from './envelope.js';

export interface Subscription {
  /** Consumers of one group share the events; each group is given all of them, also those from before its first start. */
  readonly group: string;
  /** Events of other types are passed over. */
  readonly types: readonly EventType[];
  /**
   * Resolves when the event's work is done. Called at least once per event: do the work so that twice is once, with the
   * event's id. Rejects to be called again.
   */
  readonly handle: (event: AnyEvent) => Promise<void>;
}

export interface Running {
  /** Takes no more events, and resolves when the one in hand is finished. */
  close(): Promise<void>;
}

/** Counters since the start, and how far a group is behind. */
export interface EventMetrics {
  readonly handled: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** Events not yet handled by the group, as of a few seconds ago. */
  readonly lag: number;
}

/**
 * Carries events from the outbox to handlers, at least once. An event that fails five times goes to the dead letters with
 * the reason, and those after it move on.
 */
export interface EventTransport {
  subscribe(subscription: Subscription): Promise<Running>;
  metrics(): EventMetrics;
}
