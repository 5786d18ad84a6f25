import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisBinary, HOW_TO_GET_REDIS, type RedisSentinelsOptions, startRedisSentinels } from '@holdfast/infra';
import { Redis } from 'ioredis';
import type { TestRedis } from './start-redis.js';

/** After this long without an answer the Sentinels of `startSentinels` take the master for down. */
export const DOWN_AFTER_MS = 1000;

/** Real Redis with Sentinels, of one test's own. */
export interface TestSentinels {
  /** The value for a service's `REDIS_URL`. */
  readonly url: string;
  readonly master: TestRedis;
  readonly replica: TestRedis;
  /** A connection of the caller's own, which follows the master; `disconnect` ends it. */
  connect(): Redis;
  /** Port of the master as the Sentinel that clients ask first knows it. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

/** How they differ from the default ones. */
export type SentinelsOptions = Pick<RedisSentinelsOptions, 'args' | 'inFront'>;

/** A master, a replica that is in step, and three real Sentinels that agree by two. */
export async function startSentinels({ args = [], inFront }: SentinelsOptions = {}): Promise<TestSentinels> {
  const binary = findRedisBinary();
  if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-sentinel-'));
  const place = { binary, dir, temporary: true };
  const started = await startRedisSentinels({ ...place, replicas: 1, downAfterMs: DOWN_AFTER_MS, args, inFront });
  const [master, replica] = started.servers;
  if (replica === undefined) throw new Error('there is no replica');
  return {
    url: started.url,
    master,
    replica,
    connect: () =>
      new Redis({
        name: 'main',
        sentinels: started.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
        natMap: { [`127.0.0.1:${started.seenPort}`]: { host: '127.0.0.1', port: master.port } },
        enableOfflineQueue: false,
        retryStrategy: () => 50,
        sentinelRetryStrategy: () => 50,
      }),
    masterPort: () => started.masterPort(),
    stop: () => started.stop(),
  };
}
