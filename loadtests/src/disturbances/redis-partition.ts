import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { defineDisturbance, redisOf } from './disturbance.js';

/** Longer than any partition: held-back data arrives when it ends, as TCP sends unacknowledged data again. */
const NEVER_MS = 60_000;

export default defineDisturbance<number>({
  id: 'redis-partition',
  title: 'no answer of Redis arrives for some seconds, and connections stay open (Toxiproxy)',
  needs: ['redis', 'redis-proxy'],
  options: z.number().min(0.1).max(50).describe('Seconds.'),
  targets: () => [],
  async disturb(control, seconds) {
    await redisOf(control).slow(NEVER_MS);
    await delay(seconds * 1000);
    await redisOf(control).slow(0);
  },
  heal: (control) => redisOf(control).slow(0),
});
