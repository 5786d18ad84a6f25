import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { socketPlaces } from '../chat/socket-places.js';
import { lostRun } from '../plan/lost-run.js';
import { freePorts } from '../systems/free-ports.js';
import { RunningSystem } from '../systems/running-system.js';
import { defineRunner } from './runner.js';

const options = z.strictObject({
  scenario: z.string(),
  users: z.int().min(20).max(1_000).default(61),
});

export default defineRunner<z.infer<typeof options>>({
  id: 'socket-places',
  title: 'users log in, ask the chat service something and open a socket to it, each time through the gateway',
  options,
  names: {
    socketsElsewhere:
      "sockets that another server opened than the one that answered the user's request before, of sockets opened",
    socketsRefused: 'sockets that were not opened, of sockets tried',
  },
  async run(task, onStart) {
    const { scenario, users } = task.options;
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-places-'));
    const [gateway = 0, admin = 0] = await freePorts(2);
    const system = new RunningSystem([scenario], join(dir, 'data'), { gateway, admin });
    onStart(() => system.stop());
    try {
      await system.ready;
      const { elsewhere, refused } = await socketPlaces(system.url(scenario), users);
      const arm = { name: task.arm, scenario, engine: 'holdfast', options: {} };
      return [
        {
          ...lostRun({ ...task, arm }, ''),
          ...{ valid: true, invalidBecause: null, users, finishedUsers: users, loggedIn: users },
          counted: { socketsElsewhere: elsewhere, socketsRefused: refused },
        },
      ];
    } finally {
      await system.stop();
      await rm(dir, { recursive: true, force: true });
    }
  },
});
