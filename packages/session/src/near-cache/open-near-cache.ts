import type { RedisPort } from '../redis/redis-port.js';
import type { MutableSessionMetrics } from '../session-metrics.js';
import type { ResolvedSessionOptions } from '../session-options.js';
import type { SessionReader } from '../store/session-reader.js';
import type { SessionRepository } from '../store/session-repository.js';
import { ClusterTracking } from './cluster-tracking.js';
import type { Invalidations } from './invalidations.js';
import { NearCacheReader } from './near-cache-reader.js';
import { SessionCache } from './session-cache.js';
import { TrackingConnection } from './tracking-connection.js';

export interface NearCache {
  readonly reader: SessionReader;
  close(): void;
}

/** Connects a near cache to Redis's invalidation messages. Until they flow, every read asks Redis. */
export function openNearCache(
  port: RedisPort,
  repository: SessionRepository,
  options: ResolvedSessionOptions,
  metrics: MutableSessionMetrics,
): NearCache {
  const { maxSessions, maxCharacters, maxStalenessMs } = options.nearCache;
  const reader: NearCacheReader = new NearCacheReader(
    new SessionCache(maxSessions, maxCharacters),
    () => invalidations,
    (key) => repository.read(key),
    { maxStalenessMs, staleIfErrorMs: options.staleIfErrorMs },
    metrics,
  );
  // Heartbeats are frequent enough that one late answer does not make the cache useless.
  const heartbeatMs = maxStalenessMs / 4;
  const prefix = repository.keys.sessionPrefix;
  const invalidations: Invalidations = port.isCluster
    ? new ClusterTracking(port, prefix, heartbeatMs, reader)
    : new TrackingConnection(port.listen(), prefix, heartbeatMs, reader);
  return { reader, close: () => invalidations.close() };
}
