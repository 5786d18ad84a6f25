import { expect, test } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

test('a fake clock stands still until a test moves it', () => {
  const clock = new FakeClock(1000);
  expect(clock.now()).toBe(1000);
  clock.advance(50);
  expect(clock.now()).toBe(1050);
});
