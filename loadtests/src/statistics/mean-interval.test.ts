import { expect, test } from '@jest/globals';
import { meanInterval } from './mean-interval.js';

test('values above 0 are taken on logs', () => {
  const { mean, low, high } = meanInterval([Math.E, Math.E ** 2, Math.E ** 3]) ?? { mean: 0, low: 0, high: 0 };
  expect(Math.log(mean)).toBeCloseTo(2, 10);
  // t = 4.3027, standard error 1/√3.
  expect(Math.log(low)).toBeCloseTo(2 - 2.4841, 4);
  expect(Math.log(high)).toBeCloseTo(2 + 2.4841, 4);
});

test('a 0 among the values is taken as it is', () => {
  const interval = meanInterval([0, 2, 4]);
  expect(interval?.mean).toBe(2);
  expect(interval?.low).toBeCloseTo(2 - 4.9683, 3);
});

test('one value tells nothing about its noise', () => {
  expect(meanInterval([5])).toBeUndefined();
});
