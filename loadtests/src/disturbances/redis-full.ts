import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { askRedis } from '../systems/ask-redis.js';
import { defineDisturbance, redisOf } from './disturbance.js';

/** The number of other entries written over two seconds to a cache with room for half of them. */
const FILLERS = 8_000;
const FILLER_BYTES = 1_000;
const FILLERS_AT_ONCE = 400;
const PAUSE_MS = 100;

const options = z.enum(
  ['noeviction', 'allkeys-lru'],
  'Use noeviction (writes are refused) or allkeys-lru (other data comes, and the least recently used keys go).',
);

export default defineDisturbance<z.infer<typeof options>>({
  id: 'redis-full',
  title: 'Redis has reached its maxmemory',
  needs: ['redis'],
  options,
  targets: () => [],
  async disturb(control, policy) {
    await askRedis(redisOf(control).port, async (redis) => {
      const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
      await redis.config('SET', 'maxmemory-policy', policy);
      if (policy === 'noeviction') return redis.config('SET', 'maxmemory', Math.round(used / 2));
      await redis.config('SET', 'maxmemory', used + (FILLERS * FILLER_BYTES) / 2);
      return fill(redis);
    });
  },
  async heal(control) {
    await askRedis(redisOf(control).port, async (redis) => {
      await redis.config('SET', 'maxmemory', 0);
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.unlink(...Array.from({ length: FILLERS }, (_, n) => fillerName(n)));
    });
  },
});

async function fill(redis: Redis): Promise<void> {
  const text = 'x'.repeat(FILLER_BYTES);
  for (let n = 0; n < FILLERS; n += FILLERS_AT_ONCE) {
    const pipeline = redis.pipeline();
    for (let m = n; m < n + FILLERS_AT_ONCE; m++) pipeline.set(fillerName(m), text);
    await pipeline.exec();
    await delay(PAUSE_MS);
  }
}

function fillerName(n: number): string {
  return `lab:filler:${n}`;
}
