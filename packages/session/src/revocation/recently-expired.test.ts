import { expect, test } from '@jest/globals';
import { RecentlyExpired } from './recently-expired.js';

test('expired sessions are remembered for ten minutes, and a bounded number of them', () => {
  let now = 0;
  const expired = new RecentlyExpired(() => now);
  expired.add('a');
  now = 599_999;
  expect([expired.has('a'), expired.has('b')]).toEqual([true, false]);
  now = 600_000;
  expect(expired.has('a')).toBe(false);
  for (let n = 0; n < 10_001; n += 1) expired.add(`s${n}`);
  expect([expired.has('s0'), expired.has('s1'), expired.has('s10000')]).toEqual([false, true, true]);
});
