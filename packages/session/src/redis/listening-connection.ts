import { Cluster, type RedisOptions } from 'ioredis';
import type { RedisClient } from '../session-options.js';

/** 50, 100, 200 … at most 500 ms: back soon after Redis is, without hammering it meanwhile. */
export function backOffMs(attempt: number): number {
  return Math.min(50 * 2 ** (attempt - 1), 500);
}

const LISTENING: RedisOptions = {
  // ioredis drops invalidation pushes under RESP3; under RESP2 they come as messages.
  protocol: 2,
  replyMapping: 'legacy',
  // Whoever listens subscribes again on 'ready', since there is more to do than subscribing.
  autoResubscribe: false,
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
  lazyConnect: false,
  // A subscribed connection is silent for long: it has no command to time out.
  commandTimeout: undefined,
  retryStrategy: backOffMs,
};

/** A connection of our own for messages, made like the given one. Reconnects for ever until disconnected. */
export function listeningConnection(client: RedisClient): RedisClient {
  const connection =
    client instanceof Cluster
      ? client.duplicate([], { clusterRetryStrategy: backOffMs, lazyConnect: false })
      : client.duplicate(LISTENING);
  // Without a listener an 'error' event ends the process; a lost connection is expected and handled by reconnecting.
  connection.on('error', () => undefined);
  return connection;
}
