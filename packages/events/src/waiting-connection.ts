import type { Redis } from 'ioredis';
import { isCluster } from './is-cluster.js';
import { masterOf } from './master-of.js';
import type { RedisClient } from './outbox.js';

/**
 * A connection of its own for commands that wait for `key` to change, since it can do nothing else meanwhile. When it fails, open
 * another. On a Cluster it leads to the master that has the key now, and no further: `MOVED` is a failure too. Throws where
 * no master is known to have the key.
 */
export function waitingConnection(redis: RedisClient, key: string): Redis {
  const server = isCluster(redis) ? masterOf(redis, key) : redis;
  // It does not connect again: ioredis never settles commands that wait for that when the connection is given up meanwhile.
  const connection = server.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: 0, retryStrategy: null });
  // Failed commands are reported where they are sent.
  connection.on('error', () => undefined);
  return connection;
}
