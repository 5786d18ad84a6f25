import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { catalogue, type EventData, type EventType } from './catalogue.js';

/** One event on its way. A handler may receive it more than once, always with the same `id`. */
export interface EventOf<T extends EventType> {
  readonly id: string;
  readonly type: T;
  readonly version: number;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** Id of the request that caused the event, if any. */
  readonly requestId?: string | undefined;
  /** W3C `traceparent` of the work that caused the event, if it is traced. */
  readonly traceparent?: string | undefined;
  /** Id of the user that the event is about. A group receives the events of one key in order. */
  readonly key: string;
  readonly data: EventData<T>;
}

export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType];

/** The shape of an event's JSON text, whatever its type. */
export const envelope = z.object({
  id: z.string().min(1).max(128),
  type: z.string(),
  version: z.int().positive(),
  occurredAt: z.iso.datetime(),
  requestId: z.string().max(128).optional(),
  // A trace is worth no event.
  traceparent: z.string().max(64).optional().catch(undefined),
  key: z.string().min(1).max(128),
  data: z.unknown(),
});

/** Makes an event and checks it against the catalogue. Throws on data that does not fit, which is a bug of the caller. */
export function newEvent<T extends EventType>(
  type: T,
  { key, data, requestId, traceparent }: Pick<EventOf<T>, 'key' | 'data' | 'requestId' | 'traceparent'>,
): EventOf<T> {
  const { version, data: schema } = catalogue[type];
  const occurredAt = new Date().toISOString();
  const checked = schema.parse(data) as EventData<T>;
  const origin = { ...(requestId && { requestId }), ...(traceparent && { traceparent }) };
  return { id: randomUUID(), type, version, occurredAt, ...origin, key, data: checked };
}

export type ReadEvent =
  | { readonly ok: true; readonly event: AnyEvent }
  /** `unknown`: a newer release wrote it, and this one has no handler for it. */
  | { readonly ok: false; readonly unknown: boolean; readonly reason: string };

/** Reads an event from its JSON text. Attributes that a newer release added to `data` are dropped. */
export function readEvent(text: string): ReadEvent {
  const outer = envelope.safeParse(parseJson(text));
  if (!outer.success) return { ok: false, unknown: false, reason: `not an event: ${z.prettifyError(outer.error)}` };
  const entry = Object.hasOwn(catalogue, outer.data.type) ? catalogue[outer.data.type as EventType] : undefined;
  if (entry === undefined || outer.data.version > entry.version) {
    return { ok: false, unknown: true, reason: `unknown: ${outer.data.type} version ${outer.data.version}` };
  }
  const data = entry.data.safeParse(outer.data.data);
  if (!data.success) return { ok: false, unknown: false, reason: `bad data: ${z.prettifyError(data.error)}` };
  return { ok: true, event: { ...outer.data, data: data.data } as AnyEvent };
}

const keyed = envelope.pick({ key: true });

/** The key in an event's JSON text, also of an event that a newer release wrote. Undefined if the text has none. */
export function keyOf(text: string): string | undefined {
  return keyed.safeParse(parseJson(text)).data?.key;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
