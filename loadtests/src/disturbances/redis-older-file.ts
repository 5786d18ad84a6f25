import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { askRedis, redisSetting } from '../systems/ask-redis.js';
import { defineDisturbance, redisOf } from './disturbance.js';

export default defineDisturbance<number>({
  id: 'redis-older-file',
  title: 'Redis is killed and comes back with its file of some seconds ago',
  needs: ['redis'],
  options: z.number().min(1).max(60).describe('Seconds.'),
  targets: () => [],
  ends: () => ['redis'],
  async disturb(control, seconds) {
    const redis = redisOf(control);
    const file = await askRedis(redis.port, async (client) =>
      join(await redisSetting(client, 'dir'), await redisSetting(client, 'appenddirname')),
    );
    const older = `${file}-older`;
    await cp(file, older, { recursive: true });
    await delay(seconds * 1000);
    await redis.kill();
    await rm(file, { recursive: true });
    await cp(older, file, { recursive: true });
    await rm(older, { recursive: true });
    await redis.restart();
  },
  heal: async () => undefined,
});
