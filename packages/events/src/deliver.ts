import { readEvent } from './envelope.js';
import type { EventMetrics, Subscription } from './event-transport.js';

/** How often a transport tries, and whom it tells. */
export interface DeliveryOptions {
  /** Also the key prefix of the outbox, e.g. `hf:`. */
  readonly prefix: string;
  /** Tries before an event is a dead letter. Default 5. */
  readonly maxTries?: number;
  /** Pause after the first failed try in milliseconds; it doubles with each. Default 100. */
  readonly backOffMs?: number;
  /** Told of failed tries and of outages. */
  readonly report?: (error: unknown) => void;
}

export interface Delivery {
  /** The event's JSON text, as it came. */
  readonly text: string;
  /** A replayed dead letter is for this group only. */
  readonly only: string | undefined;
  /** Deliveries before this one, by consumers that did not finish. */
  readonly triesBefore: number;
}

/** `unfinished`: closing came between two tries; another consumer has the rest of them. */
export type Delivered =
  | { readonly outcome: 'done' | 'passed over' | 'unfinished' }
  | { readonly outcome: 'given up'; readonly reason: string };

/** Counts that a transport's consumers share. */
export type EventCounts = { -readonly [K in keyof EventMetrics]: number };

/** Gives one event to the subscription's handler, with its tries and the pauses between them. */
export async function deliver(
  { text, only, triesBefore }: Delivery,
  { group, types, handle }: Subscription,
  { maxTries = 5, backOffMs = 100, report }: DeliveryOptions,
  counts: EventCounts,
  stopping: AbortSignal,
): Promise<Delivered> {
  const read = readEvent(text);
  const isOurs = only === undefined || only === group;
  if (!isOurs || (read.ok ? !types.includes(read.event.type) : read.unknown)) return { outcome: 'passed over' };
  if (!read.ok) return { outcome: 'given up', reason: read.reason };
  let reason = 'its consumer died every time';
  for (let tries = triesBefore + 1; tries <= maxTries; tries++) {
    try {
      await handle(read.event);
      counts.handled++;
      return { outcome: 'done' };
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      report?.(error);
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
