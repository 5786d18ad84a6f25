import { expect, test } from '@jest/globals';
import { refusalOf } from './redis-refusal.js';

test.each([
  [new Error('NOAUTH Authentication required.'), /requires a password/],
  [new Error('WRONGPASS invalid username-password pair or user is disabled.'), /is wrong/],
  [new Error('ERR invalid password'), /is wrong/],
  [
    Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError: new Error('NOAUTH …') }),
    /requires a password/,
  ],
  [new Error('All sentinels are unreachable. Last error: NOAUTH Authentication required.'), /sentinelPassword/],
])('U5: %s names the password', (error, told) => {
  expect(refusalOf(error)).toMatch(told);
});

test.each([
  'connect ECONNREFUSED',
  'LOADING Redis is loading the dataset in memory',
  'NOPERM this user has no permissions',
])('U5: %s is no matter of the password', (message) => {
  expect(refusalOf(new Error(message))).toBeUndefined();
});
