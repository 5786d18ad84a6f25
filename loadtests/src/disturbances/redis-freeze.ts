import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineDisturbance, redisOf } from './disturbance.js';

export default defineDisturbance<number>({
  id: 'redis-freeze',
  title: 'Redis stands still (SIGSTOP) for some seconds',
  needs: ['redis'],
  options: z.number().min(0.1).max(60).describe('Seconds.'),
  targets: () => [],
  async disturb(control, seconds) {
    const redis = redisOf(control);
    await redis.pause();
    await delay(seconds * 1000);
    await redis.resume();
  },
  heal: async () => undefined,
});
