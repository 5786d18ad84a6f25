import { z } from 'zod';
import { defineDisturbance, serverName, serverOf } from './disturbance.js';

const options = z.strictObject({ server: serverName, ms: z.int().min(1).max(10_000) });

export default defineDisturbance<z.infer<typeof options>>({
  id: 'slow-server',
  title: 'every answer of a server takes some milliseconds longer for the rest of the run (Toxiproxy)',
  needs: ['servers'],
  levers: () => ['reroute'],
  options,
  targets: ({ server }) => [server],
  disturb: (control, { server, ms }) => serverOf(control, server).slow(ms),
  heal: (control, { server }) => serverOf(control, server).slow(0),
});
