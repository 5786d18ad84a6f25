import { z } from 'zod';
import { defineDisturbance, redisOf } from './disturbance.js';

export default defineDisturbance<number>({
  id: 'redis-latency',
  title: 'every answer of Redis takes some milliseconds longer for the rest of the run (Toxiproxy)',
  needs: ['redis', 'redis-proxy'],
  options: z.int().min(1).max(10_000).describe('Milliseconds.'),
  targets: () => [],
  disturb: (control, ms) => redisOf(control).slow(ms),
  heal: (control) => redisOf(control).slow(0),
});
