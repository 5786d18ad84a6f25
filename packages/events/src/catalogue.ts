import { z } from 'zod';

const id = z.string().min(1).max(128);
const userName = z.string().min(1).max(64);

/**
 * Every event: its version and its data, which never holds a sid, a password, or text that a user wrote. A change that an old
 * consumer cannot read gets a new version. `key` in the envelope is the id of the user that the event is about.
 */
export const catalogue = {
  'user.registered': { version: 1, data: z.object({ name: userName }) },
  'session.started': { version: 1, data: z.object({ sessionId: id, newNetwork: z.boolean().exactOptional() }) },
  'session.ended': { version: 1, data: z.object({ sessionId: id, reason: z.string().max(64) }) },
  'second-factor.enrolled': { version: 1, data: z.object({}) },
  'second-factor.removed': { version: 1, data: z.object({}) },
  'passkey.added': { version: 1, data: z.object({}) },
  'passkey.removed': { version: 1, data: z.object({}) },
  'todo.added': { version: 1, data: z.object({ todoId: id, name: userName }) },
  'todo.completed': { version: 1, data: z.object({ todoId: id, name: userName }) },
  'message.posted': { version: 1, data: z.object({ room: z.string().max(64) }) },
} as const;

export type EventType = keyof typeof catalogue;

/** The data of an event of this type. */
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>;

/** All types of events. */
export const eventTypes = Object.keys(catalogue) as readonly EventType[];
