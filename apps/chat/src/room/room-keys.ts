import { createHash } from 'node:crypto';
import type { Outbox } from '@holdfast/events';

/**
 * The Redis keys and the channel of one room. On a Cluster they share one slot with the outbox stream that takes the room's events.
 */
export function roomKeys(outbox: Outbox, room: string) {
  const base = `${outbox.prefix}chat:${outbox.tag(room)}{${room}}`;
  return {
    state: `${base}:state`,
    log: `${base}:log`,
    presence: `${base}:presence`,
    channel: `${base}:events`,
    /** A digest, because a client chooses the `clientId`. */
    sent: (userId: string, clientId: string) =>
      `${base}:sent:${createHash('sha256')
        .update(JSON.stringify([userId, clientId]))
        .digest('base64url')}`,
  };
}
