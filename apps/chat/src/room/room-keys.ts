import { createHash } from 'node:crypto';

/** The Redis names of one room. The braces keep a room's keys in one Redis Cluster slot. */
export function roomKeys(prefix: string, room: string) {
  const base = `${prefix}chat:{${room}}`;
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
