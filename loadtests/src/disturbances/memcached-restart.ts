import { z } from 'zod';
import { defineDisturbance, memcachedOf } from './disturbance.js';

export default defineDisturbance<true>({
  id: 'memcached-restart',
  title: 'Memcached is restarted, and comes back empty',
  needs: ['memcached'],
  options: z.literal(true, 'Write memcached-restart: true.'),
  targets: () => [],
  ends: () => ['memcached'],
  disturb: (control) => memcachedOf(control).restart(),
  heal: async () => undefined,
});
