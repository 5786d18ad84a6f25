import { expect, test } from '@jest/globals';
import { whyEvenShare } from './even-share.js';

test('a multiple of any number of servers is refused, and the nearest good numbers are proposed', () => {
  expect(whyEvenShare(61, [3, 2])).toBeUndefined();
  expect(whyEvenShare(60, [3, 2])).toContain('60 is a multiple of 3 servers');
  expect(whyEvenShare(60, [3, 2])).toMatch(/; write 59 or 61$/);
  expect(whyEvenShare(63, [3, 2])).toMatch(/; write 61 or 65$/);
  expect(whyEvenShare(100, [5, 4])).toMatch(/; write 99 or 101$/);
});

test('one server shares with nobody, and fewer than twenty users are never proposed', () => {
  expect(whyEvenShare(60, [1, 0])).toBeUndefined();
  expect(whyEvenShare(21, [3])).toMatch(/; write 20 or 22$/);
  expect(whyEvenShare(20, [2])).toMatch(/; write 21$/);
});
