import { expect, test } from '@jest/globals';
import { whyNoPeak } from './overload.js';

test('an overload on a machine that is too busy for less says nothing of the load balancer', () => {
  expect(whyNoPeak(1_020, 1_080)).toBeNull();
  expect(whyNoPeak(124, 1_080)).toMatch(/^of 1080 requests a second below capacity only 124 were answered in time/);
});
