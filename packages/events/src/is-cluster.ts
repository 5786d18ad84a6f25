import type { Cluster } from 'ioredis';
import type { RedisClient } from './outbox.js';

/**
 * Whether the connection leads to a Redis Cluster. ioredis marks its clients itself, so a client from another copy of ioredis
 * is recognised too, which `instanceof` would not do.
 */
export function isCluster(redis: RedisClient): redis is Cluster {
  return redis.isCluster === true;
}
