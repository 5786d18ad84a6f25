import { expect, test } from '@jest/globals';
import { isPending, pendingLogin } from './pending-login.js';

const ada = { id: 'u1', name: 'Ada', passwordHash: 'hash-1', createdAt: new Date(0) };

test('a login waits five minutes for its code, and not past a change of the password', () => {
  const pending = pendingLogin(ada, false, 1_000_000);
  expect(isPending(pending, ada, 1_300_000)).toBe(true);
  expect(isPending(pending, ada, 1_300_001)).toBe(false);
  expect(isPending(pending, { ...ada, passwordHash: 'hash-2' }, 1_000_000)).toBe(false);
  expect(JSON.stringify(pending)).not.toContain('hash-1');
});
