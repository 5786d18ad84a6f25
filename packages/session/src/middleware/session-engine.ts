import type { MutableSessionMetrics } from '../session-metrics.js';
import type { ResolvedSessionOptions } from '../session-options.js';
import type { Keyspace, SessionKey } from '../store/keyspace.js';
import type { SessionReader } from '../store/session-reader.js';
import type { SessionRepository } from '../store/session-repository.js';
import type { SessionUpdater } from '../store/session-updater.js';

/** The dependencies of every request's session; one object per process. */
export interface SessionEngine {
  readonly options: ResolvedSessionOptions;
  readonly keys: Keyspace;
  readonly reader: SessionReader;
  readonly repository: SessionRepository;
  readonly updater: SessionUpdater;
  readonly metrics: MutableSessionMetrics;
  /** Whether the session, which the store does not have, expired not long ago. */
  hasExpired(key: SessionKey): boolean;
  /** Counts the session as used, at most once per tenth of the idle time; never fails. */
  touchIfDue(key: SessionKey, touchedAtMs: number): void;
}
