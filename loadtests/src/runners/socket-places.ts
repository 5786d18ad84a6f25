import { z } from 'zod';
import { type SocketPlaces, socketPlaces } from '../chat/socket-places.js';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { withOwnSystem } from '../systems/own-system.js';
import { defineRunner, type RunnerTask } from './runner.js';

const options = z.strictObject({
  scenario: z.string(),
  users: z.int().min(20).max(1_000).default(61),
});
type PlacesOptions = z.infer<typeof options>;

export default defineRunner<PlacesOptions>({
  id: 'socket-places',
  title: 'users log in, ask the chat service a few times and open a socket to it, all through the gateway',
  options,
  names: {
    socketsElsewhere:
      "sockets that another server opened than the one that answered the user's request before, of sockets opened",
    socketsRefused: 'sockets that were not opened, of sockets tried',
  },
  async run(task, onStart) {
    const { scenario, users } = task.options;
    const places = await withOwnSystem(scenario, {}, onStart, (system) => socketPlaces(system.url(scenario), users));
    return [entryOf(task, places)];
  },
});

function entryOf(task: RunnerTask<PlacesOptions>, { elsewhere, refused }: SocketPlaces): Run {
  const { scenario, users } = task.options;
  const arm = { name: task.arm, scenario, engine: 'holdfast', options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users, finishedUsers: users, loggedIn: users },
    counted: { socketsElsewhere: elsewhere, socketsRefused: refused },
  };
}
