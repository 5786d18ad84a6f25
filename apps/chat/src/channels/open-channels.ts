import { isCluster } from '@holdfast/events';
import type { Cluster, Redis } from 'ioredis';
import type { Channels } from './channels.js';
import { PlainChannels } from './plain-channels.js';
import { ShardedChannels } from './sharded-channels.js';

/** Opens channels on the Redis, or Redis Cluster, of this connection. They use connections of their own. */
export function openChannels(redis: Redis | Cluster): Channels {
  if (isCluster(redis)) return new ShardedChannels(redis);
  // `PlainChannels` subscribes again itself, because it must know when the subscription stands.
  return new PlainChannels(redis.duplicate({ autoResubscribe: false, enableOfflineQueue: true, commandTimeout: 1000 }));
}
