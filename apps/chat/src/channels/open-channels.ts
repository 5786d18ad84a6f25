import { isCluster } from '@holdfast/events';
import type { Cluster, Redis } from 'ioredis';
import type { Channels } from './channels.js';
import { PlainChannels } from './plain-channels.js';
import { ShardedChannels } from './sharded-channels.js';

/** Channels of the Redis, or Redis Cluster, that this connection leads to, over connections of their own. */
export function openChannels(redis: Redis | Cluster): Channels {
  if (isCluster(redis)) return new ShardedChannels(redis);
  // We subscribe again ourselves, to know when it is done.
  return new PlainChannels(redis.duplicate({ autoResubscribe: false, enableOfflineQueue: true, commandTimeout: 1000 }));
}
