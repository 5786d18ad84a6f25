import { z } from 'zod';
import { defineDisturbance } from './disturbance.js';

const options = z.enum(
  ['at-once', 'drained'],
  'Use at-once (each server is ended and started) or drained (first it gets no new users).',
);

export default defineDisturbance<z.infer<typeof options>>({
  id: 'deploy',
  title: 'every server is replaced, one after the other',
  needs: ['servers'],
  levers: (how) => (how === 'drained' ? ['drain'] : []),
  options,
  targets: () => ['server-1', 'server-2', 'server-3'],
  async disturb(control, how) {
    for (const server of control.servers.values()) {
      if (how === 'drained') await server.drain();
      await server.restart();
    }
  },
  heal: async () => undefined,
});
