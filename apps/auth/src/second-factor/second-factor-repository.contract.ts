import { newEvent } from '@holdfast/events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SecondFactorRepository } from './second-factor.repository.js';

const enrolment = { sealedSecret: 'sealed', lastStep: 100, recoveryDigests: ['one', 'two'] };

const enrolled = newEvent('second-factor.enrolled', { key: 'u1', data: {} });
const removed = newEvent('second-factor.removed', { key: 'u1', data: {} });

/** The contract of every adapter of `SecondFactorRepository`. */
export function secondFactorRepositoryContract(adapter: string, open: () => SecondFactorRepository): void {
  describe(`${adapter} keeps second factors`, () => {
    let factors: SecondFactorRepository;

    beforeEach(async () => {
      factors = open();
      expect(await factors.create('Ada', enrolment, enrolled)).toBe(true);
    });

    test('finds one in any case of the name, and makes no second one', async () => {
      expect(await factors.create('ADA', { ...enrolment, sealedSecret: 'another' }, enrolled)).toBe(false);
      expect(await factors.find('aDA')).toEqual({ sealedSecret: 'sealed', lastStep: 100, recoveryCodesLeft: 2 });
      expect([await factors.exists('ada'), await factors.exists('bob')]).toEqual([true, false]);
    });

    test('lets each step be used once, and none before it', async () => {
      expect(await factors.useStep('ada', 100)).toBe(false);
      const used = await Promise.all([101, 101, 101].map((step) => factors.useStep('ada', step)));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect([await factors.useStep('ada', 99), await factors.useStep('ada', 102)]).toEqual([false, true]);
      expect(await factors.useStep('bob', 102)).toBe(false);
    });

    test('lets each recovery code be used once', async () => {
      const used = await Promise.all([1, 2, 3].map(() => factors.useRecoveryCode('ADA', 'one')));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect(await factors.useRecoveryCode('ada', 'three')).toBe(false);
      expect((await factors.find('ada'))?.recoveryCodesLeft).toBe(1);
    });

    test('forgets a removed one whole', async () => {
      expect([await factors.remove('ADA', removed), await factors.remove('ada', removed)]).toEqual([true, false]);
      expect(await factors.find('ada')).toBeUndefined();
      expect([await factors.useStep('ada', 500), await factors.useRecoveryCode('ada', 'one')]).toEqual([false, false]);
    });
  });
}
