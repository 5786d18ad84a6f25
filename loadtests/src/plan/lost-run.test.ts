import { expect, test } from '@jest/globals';
import { lostRun } from './lost-run.js';
import { readArm } from './plan-runs.js';

test('a lost run says what failed and why, in one line', () => {
  const plan = { experiment: 'crash', arm: readArm('round-robin-cached'), block: 1 };
  const because = (text: string) => lostRun(plan, text).invalidBecause;
  expect(because('k6 ended with exit code 107:\nlevel=info\nReferenceError: plan is not defined\n')).toBe(
    'k6 ended with exit code 107: ReferenceError: plan is not defined',
  );
  expect(because('one line')).toBe('one line');
  expect(because('')).toBe('it failed');
});
