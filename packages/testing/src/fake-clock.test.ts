import { expect, test } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

test('a fake clock stands still until told to move', () => {
  const clock = new FakeClock(1000);
  expect(clock.now()).toBe(1000);
  clock.advance(50);
  expect(clock.now()).toBe(1050);
});
