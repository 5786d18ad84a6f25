import { Cluster, type Redis } from 'ioredis';
import { masterOf } from './master-of.js';
import type { RedisClient } from './outbox.js';

/**
 * A connection of its own for commands that wait for `key` to change, since it can do nothing else meanwhile. On a Cluster it leads
 * to the master that has the key now, and no further: when it fails, or is told `MOVED`, open another. Throws where no
 * master is known to have the key.
 */
export function waitingConnection(redis: RedisClient, key: string): Redis {
  const server = redis instanceof Cluster ? masterOf(redis, key) : redis;
  const connection = server.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: 0 });
  // Failed commands are reported where they are sent.
  connection.on('error', () => undefined);
  return connection;
}
