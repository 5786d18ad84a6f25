import { upgradedBaseline } from './delta.js';
import { type HandedOut, handOut, type Serializer } from './serializer.js';
import type { SessionRecord } from './session-record.js';

/**
 * The application's own versioning of what it keeps in a session, for releases that run side by side.
 * A session of an older version is upgraded when read. Only a request that changes the session stores it so, whole; one of a newer version is read
 * as it is, and only the attributes this release changes are written.
 */
export interface SessionSchema {
  /** Whole number of 1 or more; raise it with every incompatible change. */
  readonly version: number;
  /** Returns the attributes in the current form. Must not throw for any earlier version, 0 being unversioned. */
  upgrade(attributes: Record<string, unknown>, fromVersion: number): Record<string, unknown>;
}

/** Values of a stored session in the current version. */
export function openRecord(
  record: SessionRecord,
  serializer: Serializer,
  schema: SessionSchema | undefined,
  isReserved?: (name: string) => boolean,
): HandedOut {
  const out = handOut(record.attributes, serializer, isReserved);
  if (schema === undefined || record.version >= schema.version) return out;
  const values = schema.upgrade(out.values, record.version);
  return { values, baseline: upgradedBaseline(out.baseline, values, serializer) };
}
