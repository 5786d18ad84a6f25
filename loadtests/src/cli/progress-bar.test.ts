import { expect, test } from '@jest/globals';
import { progressLine } from './progress-bar.js';

test('the time left is judged by the runs that are done', () => {
  expect(progressLine(0, 14, 0, 'x')).toBe('░░░░░░░░░░░░░░░░░░░░░░░░ 0/14  x');
  expect(progressLine(7, 14, 70_000, 'x')).toBe('████████████░░░░░░░░░░░░ 7/14  about 1:10 left  x');
});
