import type { SessionKey } from './keyspace.js';
import type { Lookup } from './session-record.js';

/**
 * Looks sessions up: in Redis (`redis`) or first in the near cache (`cached`). It may answer at once, without a promise,
 * which makes a cached read cheap.
 */
export interface SessionReader {
  /** `safe`: the request only reads, so during an outage a stale copy may do, if configured. */
  read(key: SessionKey, safe: boolean): Lookup | Promise<Lookup>;
  /** Call before and after changing a session: the next read in this process sees the change. */
  forget(key: SessionKey): void;
}
