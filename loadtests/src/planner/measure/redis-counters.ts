import type { Redis } from 'ioredis';

export interface RedisCounters {
  readonly operations: number;
  readonly bytes: number;
}

/** Commands of the measurement itself. */
const OWN = new Set(['info', 'scan', 'memory|usage', 'client|setinfo', 'hello']);

export async function readCounters(redis: Redis): Promise<RedisCounters> {
  const [commands, stats] = await Promise.all([redis.info('commandstats'), redis.info('stats')]);
  let operations = 0;
  for (const [, name = '', calls] of commands.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (!OWN.has(name)) operations += Number(calls);
  }
  const bytes = [...stats.matchAll(/^total_net_(?:in|out)put_bytes:(\d+)/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  return { operations, bytes };
}

/** Our store has this number of buckets, each with one queue of expiry. */
const BUCKETS = 256;

/** MEMORY USAGE of the keys of sessions: per session with its user's index, and of all queues of expiry if every bucket were in use. */
export async function sessionMemory(redis: Redis): Promise<{ perSession: number; fixed: number }> {
  let [sessions, bytes, queues, queueBytes] = [0, 0, 0, 0];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 500);
    cursor = next;
    for (const key of keys) {
      const isQueue = /:expiry:\{[0-9a-f]{2}\}$/.test(key);
      const isIndex = /:user:\{[0-9a-f]{2}\}:/.test(key);
      const isSession = !isIndex && /:\{[0-9a-f]{2}\}:|:sess:/.test(key);
      if (!isQueue && !isIndex && !isSession) continue;
      const size = (await redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0;
      if (isSession) sessions += 1;
      if (isQueue) {
        queues += 1;
        queueBytes += size;
      } else bytes += size;
    }
  } while (cursor !== '0');
  return {
    perSession: sessions === 0 ? 0 : Math.round(bytes / sessions),
    fixed: queues === 0 ? 0 : Math.round((queueBytes / queues) * BUCKETS),
  };
}
