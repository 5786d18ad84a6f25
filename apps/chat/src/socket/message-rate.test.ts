import { FakeClock } from '@holdfast/testing';
import { expect, test } from '@jest/globals';
import { MessageRate } from './message-rate.js';

test('the message after the last allowed one is refused until a minute has passed', () => {
  const clock = new FakeClock();
  const rate = new MessageRate(2, () => clock.now());
  expect([rate.admit(), rate.admit(), rate.admit()]).toEqual([true, true, false]);
  clock.advance(59_999);
  expect(rate.admit()).toBe(false);
  clock.advance(1);
  expect(rate.admit()).toBe(true);
});
