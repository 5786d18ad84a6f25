import { expect, test } from '@jest/globals';
import { readNumber, shortBytes, shortMinutes, shortNumber } from './numbers.js';

test.each([
  ['40', 40],
  ['2e6', 2_000_000],
  ['50k', 50_000],
  ['1.5M', 1_500_000],
  ['.25', 0.25],
  ['1e8', 100_000_000],
])('reads %s', (text, value) => {
  expect(readNumber(text)).toBe(value);
});

test.each(['', '2x', '-3', 'Infinity', '1e999', '0x10', '5 0', 'NaN', '1,5'])('refuses "%s"', (text) => {
  expect(readNumber(text)).toBeUndefined();
});

test('shows numbers with three digits and a unit', () => {
  expect([0, 0.012_34, 12.345, 1234.5].map(shortNumber)).toEqual(['0', '0.012', '12.3', '1 235']);
  expect([900, 12_345, 2.5e9].map(shortBytes)).toEqual(['900 B', '12.3 KB', '2.5 GB']);
  expect([0, 0.5, 90, 600].map(shortMinutes)).toEqual(['at once', '30 s', '90 min', '10 h']);
});
