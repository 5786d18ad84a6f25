import { expect, test } from '@jest/globals';
import storeClients from '../src/runners/store-clients.js';

test('clients of one store start at once, hold three connections each, and hear of every write', async () => {
  const options = storeClients.options.parse({ clients: 5, sessions: 50, writes: 200 });
  const [run] = await storeClients.run(
    { experiment: 'store-clients', arm: 'clients-5', block: 1, options },
    () => undefined,
  );
  expect(run?.counted).toEqual({
    clientsLate: { hit: 0, of: 5 },
    connections: { hit: 15, of: 15 },
    copiesStale: { hit: 0, of: 250 },
  });
  expect(run?.estimated.redisUsPerWrite).toBeGreaterThan(0);
}, 120_000);
