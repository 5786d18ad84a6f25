import { expect, test } from '@jest/globals';
import { boundUsersOptions, changeUnderUsers } from './bound-users.js';

const change = (options: object) => changeUnderUsers(boundUsersOptions.parse(options), 1);
const part = (options: object, name = 'usersOut') => {
  const { hit = 0, of = 1 } = change(options).counted[name] ?? {};
  return hit / of;
};

test('a server that goes at once takes its third of the users, and one that waits, what a session of that age leaves', () => {
  expect(part({ change: 'scale-in', scaleTo: 2 })).toBeCloseTo(1 / 3, 1);
  expect(part({ change: 'scale-in', scaleTo: 2, drainMinutes: 30 })).toBeCloseTo(Math.exp(-1) / 3, 1);
});

test('a server is empty when the last of its users has left: n users take the mean times the n-th harmonic number', () => {
  const harmonic = Math.log(1_000) + 0.577;
  const { lastLeftMinutes = 0 } = change({ change: 'scale-in', scaleTo: 2 }).estimated;
  expect(lastLeftMinutes / 30).toBeGreaterThan(harmonic - 3);
  expect(lastLeftMinutes / 30).toBeLessThan(harmonic + 6);
});

test('an update without a wait hits every user once, and takes as long as its waits', () => {
  expect(change({ change: 'deploy', users: 300 }).counted.usersOut).toEqual({ hit: 300, of: 300 });
  expect(change({ change: 'deploy', drainMinutes: 5 }).estimated.deployMinutes).toBe(15);
});

test('new servers come near their half as users of the old ones leave', () => {
  expect(part({ change: 'scale-out', scaleTo: 6 }, 'usersOnNew')).toBeCloseTo((1 - Math.exp(-1)) / 2, 1);
  expect(change({ change: 'scale-out', scaleTo: 6 }).estimated.fairShareMinutes).toBeCloseTo(30 * Math.log(10), -1);
});

test('scaling in to more servers, or out to fewer, is a mistake', () => {
  expect(boundUsersOptions.safeParse({ change: 'scale-in' }).success).toBe(false);
  expect(boundUsersOptions.safeParse({ change: 'scale-out', scaleTo: 2 }).success).toBe(false);
});
