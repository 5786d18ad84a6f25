import { expect, test } from '@jest/globals';
import { slope } from './slope.js';

test('points on a line have its slope, whatever lies below them', () => {
  expect(
    slope([
      [1_000, 5_332],
      [2_000, 5_664],
      [5_000, 6_660],
    ]),
  ).toBeCloseTo(0.332, 10);
});

test('every point counts, not only the first and the last', () => {
  const straight = [
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 40],
  ] as const;
  const bent = straight.map(([x, y]) => [x, x === 1 ? 0 : y] as const);
  expect(slope(straight)).toBe(10);
  // Least squares by hand: (x - 2) · (y - 18) is 100 + 10, over 10.
  expect(slope(bent)).toBeCloseTo(11, 10);
});

test('points that do not differ in x have no slope', () => {
  expect(slope([[3, 1]])).toBeNaN();
});
