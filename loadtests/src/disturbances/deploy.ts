import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ServerControl } from '../systems/control.js';
import { defineDisturbance } from './disturbance.js';

const POLL_MS = 100;
const SERVERS = ['server-1', 'server-2', 'server-3'];
const options = z.union(
  [z.literal('at-once'), z.strictObject({ drainSeconds: z.number().min(0.1).max(600) })],
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
  async disturb(control, how) {
    for (const server of control.servers.values()) {
      if (how !== 'at-once') await drain(server, how.drainSeconds * 1000);
      await server.restart();
    }
  },
  heal: async () => undefined,
});

/** Resolves when nobody is left at the server, or after this time. */
async function drain(server: ServerControl, longestMs: number): Promise<void> {
  const deadlineMs = Date.now() + longestMs;
  await server.drain();
  while (Date.now() < deadlineMs && (await server.occupants()) > 0) await delay(POLL_MS);
}
