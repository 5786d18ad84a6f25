import type { SessionUser } from '../session-data.js';
import type { Authenticated } from '../sessions.js';
import type { Serializer } from '../store/serializer.js';
import type { SessionRecord } from '../store/session-record.js';

/** The public facts of a logged-in session; null for an anonymous one, and for one whose user cannot be read. */
export function describeSession(record: SessionRecord, serializer: Serializer): Authenticated | null {
  const text = record.attributes.user;
  if (record.owner === undefined || text === undefined) return null;
  const user = readUser(text, serializer);
  if (user?.id !== record.owner.userId) return null;
  return {
    user,
    sessionId: record.owner.publicId,
    createdAt: new Date(record.createdAtMs),
    expiresAt: new Date(record.expiresAtMs),
  };
}

function readUser(text: string, serializer: Serializer): SessionUser | null | undefined {
  try {
    return serializer.parse(text) as SessionUser | null;
  } catch {
    // The record was written by something other than this application.
    return undefined;
  }
}
