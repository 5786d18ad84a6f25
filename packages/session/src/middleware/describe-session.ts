import type { SessionUser } from '../session-data.js';
import type { Authenticated } from '../sessions.js';
import type { Serializer } from '../store/serializer.js';
import type { SessionRecord } from '../store/session-record.js';

/** The public facts of a logged-in session; null for an anonymous one. */
export function describeSession(record: SessionRecord, serializer: Serializer): Authenticated | null {
  const text = record.attributes.user;
  if (record.owner === undefined || text === undefined) return null;
  return {
    user: serializer.parse(text) as SessionUser,
    sessionId: record.owner.publicId,
    createdAt: new Date(record.createdAtMs),
    expiresAt: new Date(record.expiresAtMs),
  };
}
