import { type AnyEvent, type ReadEvent, readEvent } from './envelope.js';
import type { Attempt, EventMetrics, Subscription } from './event-transport.js';
import { TimedAttempt } from './timed-attempt.js';

/** How often and how long a transport tries, and where it reports. */
export interface DeliveryOptions {
  /** Also the key prefix of the outbox, e.g. `hf:`. */
  readonly prefix: string;
  /** Tries before an event is a dead letter. Default 5. */
  readonly maxTries?: number;
  /** Pause after the first failed try in milliseconds; it doubles after each further one. Default 100. */
  readonly backOffMs?: number;
  /** How long a handler may take in milliseconds. After that the try counts as failed and its signal aborts. Default 10 000. */
  readonly handlerTimeoutMs?: number;
  /** Receives failed tries, with their event, and outages. */
  readonly report?: (error: unknown, event?: AnyEvent) => void;
  /** Runs each try of a handler, so that what it logs and traces belongs to the request of the event. Default: nothing around it. */
  readonly around?: (event: AnyEvent, handle: () => Promise<void>) => Promise<void>;
}

export const DEFAULT_HANDLER_TIMEOUT_MS = 10_000;

/** `unfinished`: the consumer stopped between two tries; another consumer makes the remaining ones. */
export type Delivered =
  | { readonly outcome: 'done' | 'unfinished' }
  | { readonly outcome: 'given up'; readonly reason: string };

/** Counts that a transport's consumers share. */
export type EventCounts = { -readonly [K in Exclude<keyof EventMetrics, 'lag'>]: number };

/**
 * Reads the text of an event for this subscription. Undefined if the subscription passes it over: an event of another type or of a
 * newer release, or a dead letter replayed to another group (`only`).
 */
export function readFor({ group, types }: Subscription, text: string, only: string | undefined): ReadEvent | undefined {
  if (only !== undefined && only !== group) return undefined;
  const read = readEvent(text);
  return (read.ok ? types.includes(read.event.type) : !read.unknown) ? read : undefined;
}

/**
 * Gives one event to the subscription's handler, with its tries and the pauses between them. `triesBefore`: deliveries to
 * consumers that did not finish.
 */
export async function deliver(
  read: ReadEvent,
  triesBefore: number,
  { handle }: Subscription,
  { maxTries = 5, backOffMs = 100, handlerTimeoutMs = DEFAULT_HANDLER_TIMEOUT_MS, report, around }: DeliveryOptions,
  counts: EventCounts,
  stopping: AbortSignal,
): Promise<Delivered> {
  if (!read.ok) return { outcome: 'given up', reason: read.reason };
  const { event } = read;
  let reason = 'its consumer died every time';
  for (let tries = triesBefore + 1; tries <= maxTries; tries++) {
    try {
      const what = `${event.type} ${event.id}`;
      const work = (attempt: Attempt) =>
        around === undefined ? handle(event, attempt) : around(event, () => handle(event, attempt));
      await new TimedAttempt().run(work, handlerTimeoutMs, what);
      counts.handled++;
      return { outcome: 'done' };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      report?.(error, event);
    }
    if (tries === maxTries) break;
    if (stopping.aborted) return { outcome: 'unfinished' };
    counts.retried++;
    await pause(backOffMs * 2 ** (tries - 1), stopping);
  }
  return { outcome: 'given up', reason };
}

/** Resolves after `ms`, or at once when `stopping` aborts. */
export function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopping.addEventListener('abort', end);
  });
}
