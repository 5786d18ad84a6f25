import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { askRedis, redisSetting } from '../systems/ask-redis.js';
import { defineDisturbance, redisOf } from './disturbance.js';

export default defineDisturbance<true>({
  id: 'redis-without-aof',
  title: 'Redis without an append-only file is killed, and comes back empty',
  needs: ['redis'],
  options: z.literal(true, 'Write redis-without-aof: true.'),
  targets: () => [],
  ends: () => ['redis'],
  async disturb(control) {
    const redis = redisOf(control);
    const file = await askRedis(redis.port, async (client) => {
      await client.set(MARK, 'written before the crash');
      return join(await redisSetting(client, 'dir'), await redisSetting(client, 'appenddirname'));
    });
    await redis.kill();
    await rm(file, { recursive: true });
    await redis.restart();
    const left = await askRedis(redis.port, (client) => client.exists(MARK));
    if (left > 0) throw new Error('Redis came back with what it had before');
  },
  heal: async () => undefined,
});

/** Services write again as soon as Redis is back, so the number of its keys does not tell whether it was empty. */
const MARK = 'lab:mark';
