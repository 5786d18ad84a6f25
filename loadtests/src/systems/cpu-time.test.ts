import { expect, test } from '@jest/globals';
import { cpuSeconds, secondsInTicks } from './cpu-time.js';

test('a process that works has used more CPU time', () => {
  const before = cpuSeconds(process.pid) ?? Number.NaN;
  const end = performance.now() + 30;
  while (performance.now() < end);
  expect(cpuSeconds(process.pid)).toBeGreaterThan(before);
  expect(cpuSeconds(0)).toBeUndefined();
});

test('a name with spaces and brackets does not shift the numbers', () => {
  const numbers = [...Array(10).fill(0), 150, 50, 0, 0].join(' ');
  expect(secondsInTicks(`12 (a) b (c)) S ${numbers}`)).toBe(2);
});
