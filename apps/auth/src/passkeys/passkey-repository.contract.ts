import { newEvent } from '@holdfast/events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Passkey, PasskeyRepository } from './passkey.repository.js';

const ada = { id: 'u1', name: 'Ada' };
const added = newEvent('passkey.added', { key: 'u1', data: {} });
const removed = newEvent('passkey.removed', { key: 'u1', data: {} });
const phone: Passkey = {
  id: 'phone',
  label: 'My phone',
  publicKey: 'cHVibGlj',
  transports: ['internal'],
  createdAt: new Date('2026-11-21T00:00:00.000Z'),
  counter: 5,
};
const laptop: Passkey = { ...phone, id: 'laptop', createdAt: new Date('2026-11-22T00:00:00.000Z'), counter: 0 };

/** The contract of every adapter of `PasskeyRepository`. */
export function passkeyRepositoryContract(adapter: string, open: () => PasskeyRepository): void {
  describe(`${adapter} keeps passkeys`, () => {
    let passkeys: PasskeyRepository;

    beforeEach(async () => {
      passkeys = open();
      for (const passkey of [phone, laptop]) expect(await passkeys.add(ada, passkey, 3, added)).toBe(true);
    });

    test('of each user, oldest first', async () => {
      expect(await passkeys.of('u1')).toEqual({ userName: 'Ada', passkeys: [phone, laptop] });
      expect(await passkeys.of('u2')).toBeUndefined();
    });

    test('once, and up to the given number', async () => {
      expect(await passkeys.add(ada, phone, 3, added)).toBe(false);
      const more = ['a', 'b', 'c'].map((id) => passkeys.add(ada, { ...phone, id }, 3, added));
      expect((await Promise.all(more)).filter(Boolean)).toHaveLength(1);
    });

    test('and refuses a counter that has not grown, unless the device does not count', async () => {
      expect(await passkeys.use('u1', 'phone', 5)).toBe(false);
      const uses = await Promise.all([6, 6, 6].map((counter) => passkeys.use('u1', 'phone', counter)));
      expect(uses.filter(Boolean)).toHaveLength(1);
      expect(await passkeys.use('u1', 'phone', 0)).toBe(false);
      expect([await passkeys.use('u1', 'laptop', 0), await passkeys.use('u1', 'laptop', 0)]).toEqual([true, true]);
      expect([await passkeys.use('u1', 'other', 9), await passkeys.use('u2', 'phone', 9)]).toEqual([false, false]);
    });

    test('until they are removed', async () => {
      expect([await passkeys.remove('u2', 'phone', removed), await passkeys.remove('u1', 'x', removed)]).toEqual([
        ...[false, false],
      ]);
      const removals = await Promise.all([1, 2].map(() => passkeys.remove('u1', 'phone', removed)));
      expect(removals.filter(Boolean)).toHaveLength(1);
      expect((await passkeys.of('u1'))?.passkeys).toEqual([laptop]);
      expect(await passkeys.use('u1', 'phone', 9)).toBe(false);
    });
  });
}
