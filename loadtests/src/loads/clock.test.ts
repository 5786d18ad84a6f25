import { expect, test } from '@jest/globals';
import { clockSince } from '../../journeys/clock.js';

test('times have fractions of a millisecond, on a clock of which only the start is told in whole ones', () => {
  let fineMs = 250.4;
  const elapsedMs = clockSince(
    10_000,
    () => fineMs,
    () => Math.floor(9_000 + fineMs),
  );
  expect(elapsedMs()).toBe(-750);
  fineMs += 754.127;
  expect(elapsedMs()).toBe(4.13);
  fineMs += 0.61;
  expect(elapsedMs()).toBe(4.74);
});
