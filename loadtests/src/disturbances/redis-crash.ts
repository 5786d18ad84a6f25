import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineDisturbance, redisOf } from './disturbance.js';

const AWAY_MS = 1_000;
const options = z.enum(['restarted', 'kept-down'], 'Use restarted (back after a second) or kept-down.');

export default defineDisturbance<z.infer<typeof options>>({
  id: 'redis-crash',
  title: 'Redis is killed (kill -9)',
  needs: ['redis'],
  options,
  targets: () => [],
  ends: () => ['redis'],
  async disturb(control, then) {
    const redis = redisOf(control);
    await redis.kill();
    if (then === 'kept-down') return;
    await delay(AWAY_MS);
    await redis.restart();
  },
  async heal(control, then) {
    if (then === 'kept-down') await redisOf(control).restart();
  },
});
