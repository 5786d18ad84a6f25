import { BoundedRedis } from '../redis/bounded-redis.js';
import { openRedisPort } from '../redis/open-redis-port.js';
import type { RedisClient } from '../redis/redis-client.js';
import { script } from '../redis/script.js';
import { emptyMetrics } from '../session-metrics.js';
import { Keyspace } from '../store/keyspace.js';

/** The state of a move away from our format. */
export interface NotCopied {
  /** The number of live sessions in our format. */
  readonly sessions: number;
  /** The number of those that connect-redis does not have. Their users are logged out if our format is given up now. */
  readonly notCopied: number;
  /** Milliseconds until the last of those has expired by itself; infinite when one never does. */
  readonly lastEndsInMs: number;
}

const SCAN_COUNT = 1000;
const COMMAND_TIMEOUT_MS = 5000;

/** Replies -2 for a key that is no live session, -1 for a session that never expires, else the milliseconds it has left. */
const TIME_LEFT = script("return redis.call('HEXISTS', KEYS[1], '@c') == 0 and -2 or redis.call('PTTL', KEYS[1])");

/** Compares by the hash of the sid, because our format keeps nothing else of the sid. Makes no change. */
export async function findNotCopied(client: RedisClient, ourPrefix: string, theirPrefix: string): Promise<NotCopied> {
  const redis = new BoundedRedis(openRedisPort(client, 'redis'), COMMAND_TIMEOUT_MS, emptyMetrics());
  const keys = new Keyspace(ourPrefix);
  const copied = new Set<string>();
  for await (const batch of redis.scan(theirPrefix, SCAN_COUNT)) {
    for (const key of batch) copied.add(keys.session(key.slice(theirPrefix.length)).key);
  }
  const found = new Set<string>();
  let notCopied = 0;
  let lastEndsInMs = 0;
  for await (const batch of redis.scan(keys.sessionPrefix, SCAN_COUNT)) {
    for (const key of batch) {
      const leftMs = Number(await redis.evaluate(TIME_LEFT, key, []));
      // SCAN may return a key twice.
      if (leftMs === -2 || found.has(key)) continue;
      found.add(key);
      if (copied.has(key)) continue;
      notCopied += 1;
      lastEndsInMs = Math.max(lastEndsInMs, leftMs === -1 ? Number.POSITIVE_INFINITY : leftMs);
    }
  }
  redis.close();
  return { sessions: found.size, notCopied, lastEndsInMs };
}
