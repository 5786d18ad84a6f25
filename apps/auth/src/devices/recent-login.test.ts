import { expect, test } from '@jest/globals';
import { RecentLogin } from './recent-login.js';

const session = { createdAt: new Date(1_000_000) };

test('a login is recent for so many seconds, and always without a limit', () => {
  const after = (seconds: number, limit: number | undefined) => () =>
    new RecentLogin(limit, () => 1_000_000 + seconds * 1000).require(session);
  expect(after(60, 60)).not.toThrow();
  expect(after(61, 60)).toThrow('Log in again first');
  expect(after(1_000_000, undefined)).not.toThrow();
});
