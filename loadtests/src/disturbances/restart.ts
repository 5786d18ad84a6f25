import { setTimeout as delay } from 'node:timers/promises';
import { defineDisturbance, serverOf, serverOrAny } from './disturbance.js';

const AWAY_MS = 1_000;

export default defineDisturbance<string>({
  id: 'restart',
  title: 'a server is killed (kill -9) and started again after a second',
  needs: ['servers'],
  options: serverOrAny,
  targets: (name) => [name],
  ends: (name) => [name],
  async disturb(control, name) {
    const server = serverOf(control, name);
    await server.kill();
    await delay(AWAY_MS);
    await server.restart();
  },
  heal: async () => undefined,
});
