import type { ControlledProcess } from '@holdfast/fleet';
import { obtainMemcached } from '../memcached/obtain-memcached.js';
import type { Say } from '../progress.js';
import { obtainRedis } from '../redis/obtain-redis.js';
import { type WatchedStore, watchMemcached, watchRedis } from '../server/watched-store.js';
import { type RedisProxy, startRedisProxy } from '../toxiproxy/redis-proxy.js';
import type { CleanUp } from './clean-up.js';

/** The stores of a system. */
export interface StoresToStart {
  readonly dataDir: string;
  /** A fleet keeps sessions in Memcached. */
  readonly memcached: boolean;
  /** Services reach Redis through Toxiproxy, which can delay it. */
  readonly redisProxy: boolean;
}

/** The stores of a running system. */
export interface StartedStores {
  readonly watched: readonly WatchedStore[];
  /** The variables by which services find them. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes that only serve the stores. */
  readonly helpers: readonly ControlledProcess[];
}

/** Finds or starts Redis and the other wanted stores; `cleanUp` learns how to end each. */
export async function startStores(
  { dataDir, memcached, redisProxy }: StoresToStart,
  cleanUp: CleanUp,
  say: Say,
): Promise<StartedStores> {
  const redis = await obtainRedis(dataDir);
  let proxy: RedisProxy | undefined;
  const watchedRedis = watchRedis(redis, say, redisProxy ? async (ms) => proxy?.setLatency(ms) : undefined);
  cleanUp.add('Redis', () => watchedRedis.stop());
  say(`✓ Redis ${redis.origin}`);
  if (redisProxy) {
    const started = await startRedisProxy(redis.url, dataDir);
    proxy = started;
    cleanUp.add('Toxiproxy', () => started.stop());
    say('✓ Toxiproxy in front of Redis');
  }
  const stores = {
    watched: [watchedRedis],
    env: { REDIS_URL: proxy?.url ?? redis.url },
    helpers: proxy === undefined ? [] : [proxy],
  };
  if (!memcached) return stores;
  const second = await obtainMemcached(dataDir);
  const watchedMemcached = watchMemcached(second, say);
  cleanUp.add('Memcached', () => watchedMemcached.stop());
  say(`✓ Memcached ${second.origin}`);
  return {
    ...stores,
    watched: [watchedRedis, watchedMemcached],
    env: { ...stores.env, MEMCACHED_URL: second.url },
  };
}
