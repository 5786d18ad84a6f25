import { z } from 'zod';
import { defineDisturbance } from './disturbance.js';

/** The fleet's size before and after every run. */
const USUAL_SERVERS = 3;
const options = z.int().min(1).max(12);

/** The servers that scaling to this number takes away. */
const removed = (servers: number): string[] => ['server-1', 'server-2', 'server-3'].slice(servers);

export default defineDisturbance<number>({
  id: 'scale',
  title: 'the number of servers changes',
  needs: ['servers'],
  levers: () => ['scale'],
  options,
  targets: removed,
  ends: removed,
  disturb: (control, servers) => control.scale(servers),
  heal: (control) => control.scale(USUAL_SERVERS),
});
