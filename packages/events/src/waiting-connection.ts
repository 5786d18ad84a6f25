import type { Redis } from 'ioredis';
import { isCluster } from './is-cluster.js';
import { masterOf } from './master-of.js';
import type { RedisClient } from './outbox.js';

/**
 * A separate connection for commands that wait for `key` to change, because a connection that waits can do nothing else. When it
 * fails, open another. On a Cluster it leads to the master that has the key now and follows no redirection: `MOVED` is a failure
 * too. Throws when no master is known to have the key.
 */
export function waitingConnection(redis: RedisClient, key: string): Redis {
  const server = isCluster(redis) ? masterOf(redis, key) : redis;
  // It does not reconnect: when a reconnecting connection is closed, ioredis never settles the commands that wait for it.
  const connection = server.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: 0, retryStrategy: null });
  // The sender of a command reports its failure.
  connection.on('error', () => undefined);
  return connection;
}
