import { newEvent } from '@holdfast/events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Account, AccountRepository } from './account.repository.js';

const ada: Account = { id: 'u1', name: 'Ada', passwordHash: 'hash-1', createdAt: new Date('2026-11-21T00:00:00.000Z') };

const registered = newEvent('user.registered', { key: 'u1', data: { name: 'Ada' } });

/** The contract of every adapter of `AccountRepository`. */
export function accountRepositoryContract(
  adapter: string,
  open: () => AccountRepository | Promise<AccountRepository>,
): void {
  describe(`${adapter} keeps accounts`, () => {
    let accounts: AccountRepository;

    beforeEach(async () => {
      accounts = await open();
    });

    test('finds an account in any case of its name', async () => {
      expect(await accounts.create(ada, registered)).toBe(true);
      expect(await accounts.findByName('aDA')).toEqual(ada);
    });

    test('finds no account of another name', async () => {
      expect(await accounts.findByName('ada')).toBeUndefined();
      expect(await accounts.findByName('__proto__')).toBeUndefined();
    });

    test('gives a name to one of many parallel requests for it', async () => {
      const names = ['ada', 'ADA', 'Ada', 'aDa'];
      const given = await Promise.all(
        names.map((name, i) => accounts.create({ ...ada, id: `u${i}`, name }, registered)),
      );
      expect(given.filter(Boolean)).toHaveLength(1);
      expect((await accounts.findByName('ada'))?.id).toBe(`u${given.indexOf(true)}`);
    });

    test('replaces a password only while the old one is still current', async () => {
      await accounts.create(ada, registered);
      const changed = await Promise.all(
        ['hash-2', 'hash-3'].map((next) => accounts.replacePassword('ada', 'hash-1', next)),
      );
      expect(changed.filter(Boolean)).toHaveLength(1);
      expect(await accounts.replacePassword('ada', 'hash-1', 'hash-4')).toBe(false);
      expect(await accounts.replacePassword('bob', 'hash-1', 'hash-4')).toBe(false);
      expect((await accounts.findByName('ada'))?.passwordHash).toBe(changed[0] ? 'hash-2' : 'hash-3');
    });
  });
}
