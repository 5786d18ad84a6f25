import { createHash } from 'node:crypto';
import type { Outbox } from '@holdfast/events';

/**
 * The Redis names of one room. On a Cluster all of them, and the stream of the outbox that the room's events go to, are in one
 * slot.
 */
export function roomKeys(outbox: Outbox, room: string) {
  const base = `${outbox.prefix}chat:${outbox.tag(room)}{${room}}`;
  return {
    state: `${base}:state`,
    log: `${base}:log`,
    presence: `${base}:presence`,
    channel: `${base}:events`,
    /** What a client chose must not become part of a key as it is. */
    sent: (userId: string, clientId: string) =>
      `${base}:sent:${createHash('sha256')
        .update(JSON.stringify([userId, clientId]))
        .digest('base64url')}`,
  };
}
