import { z } from 'zod';

const id = z.string().min(1).max(128);
const userName = z.string().min(1).max(64);

/**
 * Every event there is: its version and what it says. Never a sid, a password, or what a user wrote. A change that an old
 * consumer could not read is a new version. `key` in the envelope is the id of the user it is about.
 */
export const catalogue = {
  'user.registered': { version: 1, data: z.object({ name: userName }) },
  'session.started': { version: 1, data: z.object({ sessionId: id }) },
  'session.ended': { version: 1, data: z.object({ sessionId: id, reason: z.string().max(64) }) },
  'todo.added': { version: 1, data: z.object({ todoId: id, name: userName }) },
  'todo.completed': { version: 1, data: z.object({ todoId: id, name: userName }) },
  'message.posted': { version: 1, data: z.object({ room: z.string().max(64) }) },
} as const;

export type EventType = keyof typeof catalogue;

/** What an event of this type says. */
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>;

/** The types, for what takes any of them. */
export const eventTypes = Object.keys(catalogue) as readonly EventType[];
