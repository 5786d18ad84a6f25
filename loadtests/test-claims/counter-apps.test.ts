import { expect, test } from '@jest/globals';
import { askRunner as ask } from './ask-runner.js';

const RUN_MS = 300_000;

test(
  'two-step logins: every rule holds, and each is refuted where the other routing or store is',
  async () => {
    const small = { load: { users: 25, warmUp: '3s', measure: '2s' } };
    expect(Object.values(await ask('two-step', {}, small))).toEqual([true, true]);
    const planted = {
      'csrf-round-robin-memory': { variant: 'redis' },
      'csrf-cookie-memory': { routing: 'round-robin' },
    };
    expect(Object.values(await ask('two-step', planted, small))).toEqual([false, false]);
  },
  RUN_MS,
);

test(
  'stock stores: every rule holds, and a lock or a usual store in the place of the other refutes it',
  async () => {
    const small = { load: { users: 25, warmUp: '3s', measure: '3s' } };
    expect(Object.values(await ask('stock-stores', {}, small))).toEqual([true, true]);
    const planted = { 'php-redis': { variant: 'redis-locking' }, 'express-holdfast': { variant: 'connect-redis' } };
    expect(Object.values(await ask('stock-stores', planted, small))).toEqual([false, false]);
  },
  RUN_MS,
);
