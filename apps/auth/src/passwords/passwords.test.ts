import { waitFor } from '@holdfast/testing';
import { describe, expect, test } from '@jest/globals';
import { COMMON_PASSWORDS } from './common-passwords.data.js';
import { HashSlots } from './hash-slots.js';
import { isCommonPassword } from './is-common-password.js';
import { PasswordHasher } from './password-hasher.js';

describe('password hashes', () => {
  const hasher = new PasswordHasher();

  test('are Argon2id with 19 MiB, two passes and one lane', async () => {
    expect(await hasher.hash('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('tell passwords apart by their very last character', async () => {
    const long = 'x'.repeat(255);
    const hash = await hasher.hash(`${long}a`);
    expect(await hasher.verify(`${long}a`, hash)).toBe(true);
    expect(await hasher.verify(`${long}b`, hash)).toBe(false);
  });

  test('do not depend on how a keyboard composes a character', async () => {
    expect(await hasher.verify('caf\u0065\u0301 noir', await hasher.hash('caf\u00e9 noir'))).toBe(true);
  });

  test('never verify without one, even for the decoy', async () => {
    expect(await hasher.verify('nobody has this password', undefined)).toBe(false);
  });
});

describe('isCommonPassword', () => {
  test.each(['password', 'PassWord1', '12345678', 'qwertyuiop', 'aaaaaaaaaa', 'ADA.Lovelace'])(
    'refuses %s',
    (password) => {
      expect(isCommonPassword(password, 'ada.lovelace')).toBe(true);
    },
  );

  test('accepts a password that attackers do not try first', () => {
    expect(isCommonPassword('correct horse battery', 'ada')).toBe(false);
  });

  test('lists only passwords of at least the shortest allowed length', () => {
    const words = COMMON_PASSWORDS.trim().split(/\s+/);
    expect(words.filter((word) => word.length < 8 || word !== word.toLowerCase())).toEqual([]);
  });
});

describe('HashSlots', () => {
  test('runs one piece of work per slot, the rest in order, and refuses work beyond the waiting limit', async () => {
    const slots = new HashSlots(2, 1);
    const releases: Array<() => void> = [];
    const work = () => slots.run(() => new Promise<void>((resolve) => releases.push(resolve)));
    const first = work();
    const second = work();
    const third = work();
    await waitFor(() => releases.length === 2);
    await expect(work()).rejects.toMatchObject({ status: 503, code: 'busy', retryAfterSeconds: 1 });
    releases[0]?.();
    await first;
    await waitFor(() => releases.length === 3);
    for (const release of releases) release();
    await Promise.all([second, third]);
  });

  test('gives its slot back when the work fails', async () => {
    const slots = new HashSlots(1, 0);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(async () => 'yes')).resolves.toBe('yes');
  });
});
