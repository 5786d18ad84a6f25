import { expect, test } from '@jest/globals';
import { restartDelayMs } from './restart-delay.js';

test('a process that keeps crashing is restarted ever more slowly, up to ten seconds', () => {
  expect([1, 2, 3, 7, 40].map(restartDelayMs)).toEqual([250, 500, 1_000, 10_000, 10_000]);
});
