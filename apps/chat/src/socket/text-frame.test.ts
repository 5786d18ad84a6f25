import { expect, test } from '@jest/globals';
import { textFrame } from './text-frame.js';

test.each([
  [0, '8100'],
  [125, '817d'],
  [126, '817e007e'],
  [65_535, '817effff'],
  [65_536, '817f0000000000010000'],
])('a text of %i bytes follows its length', (bytes, head) => {
  const text = bytes >= 2 ? `é${'x'.repeat(bytes - 2)}` : '';
  const frame = textFrame(text);
  expect(frame.subarray(0, head.length / 2).toString('hex')).toBe(head);
  expect(frame.subarray(head.length / 2).toString()).toBe(text);
});
