import { expect, test } from '@jest/globals';
import { clopperPearson, neededForNone } from './clopper-pearson.js';

test.each([
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 5.
  [81, 263, 0.2527, 0.3676],
  [15, 148, 0.0578, 0.1617],
  [0, 20, 0, 0.1684],
  [1, 29, 0.0009, 0.1776],
  [10, 100, 0.049, 0.1762],
])('%i of %i lies between the published bounds', (hit, of, low, high) => {
  const interval = clopperPearson(hit, of);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('all of them is the mirror of none of them', () => {
  expect(clopperPearson(40, 40).low).toBeCloseTo(1 - clopperPearson(0, 40).high, 12);
  expect(clopperPearson(40, 40).high).toBe(1);
});

test('nothing counted tells nothing', () => {
  expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 });
});

test('a higher level is wider, a larger count narrower', () => {
  const width = (hit: number, of: number, level?: number) => {
    const { low, high } = clopperPearson(hit, of, level);
    return high - low;
  };
  expect(width(3, 60, 0.99)).toBeGreaterThan(width(3, 60));
  expect(width(300, 6000)).toBeLessThan(width(3, 60));
  expect(width(5, 1_000_000)).toBeLessThan(0.00002);
});

test('as many as needed without a hit reach the bound, one less does not', () => {
  const needed = neededForNone(0.1);
  expect(needed).toBe(36);
  expect(clopperPearson(0, needed).high).toBeLessThanOrEqual(0.1);
  expect(clopperPearson(0, needed - 1).high).toBeGreaterThan(0.1);
});

test('the interval of every possible count together covers the true share at least as often as its level says', () => {
  for (const share of [0.01, 0.1, 0.5, 0.9]) {
    let covered = 0;
    let probability = (1 - share) ** 50;
    for (let hit = 0; hit <= 50; hit++) {
      const { low, high } = clopperPearson(hit, 50);
      if (low <= share && share <= high) covered += probability;
      probability *= ((50 - hit) / (hit + 1)) * (share / (1 - share));
    }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  }
});
