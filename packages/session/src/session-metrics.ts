/** Counters since start. */
export interface SessionMetrics {
  /** Requests that carried a session cookie with a valid signature. */
  readonly requests: number;
  /** Redis commands sent for sessions, heartbeats of the near cache left out. */
  readonly redisCommands: number;
  /** Reads answered by the near cache. */
  readonly hits: number;
  /** Reads that asked Redis. */
  readonly misses: number;
  /** Reads answered by a stale copy during an outage. */
  readonly stale: number;
  /** Sessions created, written, touched and ended by this process. */
  readonly created: number;
  readonly written: number;
  readonly touched: number;
  readonly ended: number;
  /** Commands that failed because Redis was unreachable, slow or refusing writes. */
  readonly unavailable: number;
  /** Changes that could not be stored although the response went out: it had begun to stream, or already reports an error. */
  readonly lost: number;
  /** Sum of the time requests waited for the store, in seconds. */
  readonly storeSeconds: number;
  /** Sessions in this process's own memory store now, an expired one until it is next asked for; 0 with any other store. */
  readonly heldSessions: number;
  /** Sessions in the near cache now. */
  readonly cachedSessions: number;
}

export type MutableSessionMetrics = { -readonly [name in keyof SessionMetrics]: SessionMetrics[name] };

/** All zeros. */
export function emptyMetrics(): MutableSessionMetrics {
  return {
    requests: 0,
    redisCommands: 0,
    hits: 0,
    misses: 0,
    stale: 0,
    created: 0,
    written: 0,
    touched: 0,
    ended: 0,
    unavailable: 0,
    lost: 0,
    storeSeconds: 0,
    heldSessions: 0,
    cachedSessions: 0,
  };
}
