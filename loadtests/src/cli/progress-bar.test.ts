import { expect, test } from '@jest/globals';
import { progressLine } from './progress-bar.js';

test('the time left is estimated from the runs that are done', () => {
  const progress = { all: 14, begunAtMs: 1_000 };
  expect(progressLine(progress, 0, 'x', 1_000)).toBe('░░░░░░░░░░░░░░░░░░░░░░░░ 0/14  x');
  expect(progressLine(progress, 7, 'x', 71_000)).toBe('████████████░░░░░░░░░░░░ 7/14  about 1:10 left  x');
});
