import { expect, test } from '@jest/globals';
import socketPlaces from '../src/runners/socket-places.js';

test('round robin opens sockets on other servers than the one that answered before, and a shared store refuses none', async () => {
  const options = socketPlaces.options.parse({ scenario: 'round-robin-cached', users: 20 });
  const task = { experiment: 'socket-places', arm: 'round-robin-cached', block: 1, options };
  const [run] = await socketPlaces.run(task, () => undefined);
  expect(run?.counted.socketsRefused).toEqual({ hit: 0, of: 20 });
  expect(run?.counted.socketsElsewhere?.of).toBe(20);
  expect(run?.counted.socketsElsewhere?.hit).toBeGreaterThan(5);
}, 240_000);
