import { z } from 'zod';
import { defineDisturbance } from './disturbance.js';

export default defineDisturbance<true>({
  id: 'gateway-restart',
  title: 'the gateway is restarted',
  needs: ['gateway'],
  options: z.literal(true, 'Write gateway-restart: true.'),
  targets: () => [],
  ends: () => ['gateway'],
  async disturb({ gateway }) {
    if (gateway === undefined) throw new Error('the gateway is not ours to restart');
    await gateway.restart();
  },
  heal: async () => undefined,
});
