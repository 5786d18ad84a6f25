import { z } from 'zod';
import { defineDisturbance } from './disturbance.js';
import { drain, drainSeconds } from './drain.js';

const SERVERS = ['server-1', 'server-2', 'server-3'];
const options = z.union(
  [z.literal('at-once'), z.strictObject({ drainSeconds })],
  'Use at-once (each server is ended and started) or { drainSeconds: 10 } (first it gets no new users, and the update waits that long for those it has).',
);

export default defineDisturbance<z.infer<typeof options>>({
  id: 'deploy',
  title: 'every server is replaced, one after the other',
  needs: ['servers'],
  levers: (how) => (how === 'at-once' ? [] : ['drain']),
  options,
  targets: () => SERVERS,
  ends: () => SERVERS,
  longestWaitMs: (how) => (how === 'at-once' ? 0 : how.drainSeconds * 1000 * SERVERS.length),
  async disturb(control, how) {
    for (const server of control.servers.values()) {
      if (how !== 'at-once') await drain(server, how.drainSeconds);
      await server.restart();
    }
  },
  heal: async () => undefined,
});
