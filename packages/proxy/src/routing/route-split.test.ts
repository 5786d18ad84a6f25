import { expect, test } from '@jest/globals';
import { RouteSplit } from './route-split.js';

const turns = (count: number, ...weights: number[]): string => {
  const split = new RouteSplit(weights.map((weight, n) => ({ upstream: 'abc'[n] ?? '', weight })));
  return Array.from({ length: count }, () => split.next().upstream).join('');
};

test('each upstream gets its share, smoothly interleaved', () => {
  expect(turns(6, 1, 2)).toBe('babbab');
  expect(turns(7, 5, 1, 1)).toBe('aabacaa');
});

test('a weight of 0 gets nobody, and the first takes all when every weight is 0', () => {
  expect(turns(4, 0, 1)).toBe('bbbb');
  expect(turns(3, 0, 0)).toBe('aaa');
});
