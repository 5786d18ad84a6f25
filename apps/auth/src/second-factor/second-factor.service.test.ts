import { FakeClock } from '@holdfast/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { AttemptLimits } from '../limits/attempt-limits.js';
import { MemoryBucketRepository } from '../limits/memory-bucket.repository.js';
import { MemoryFamiliarAddressRepository } from '../limits/memory-familiar-addresses.repository.js';
import { MemorySecondFactorRepository } from './memory-second-factor.repository.js';
import { Sealer } from './sealer.js';
import { SecondFactorService } from './second-factor.service.js';

const ada = { id: 'u1', name: 'Ada' };
const STEP_MS = 30_000;

describe('a second factor', () => {
  let clock: FakeClock;
  let service: SecondFactorService;
  let app: TOTP;

  beforeEach(async () => {
    clock = new FakeClock();
    const limits = new AttemptLimits(new MemoryBucketRepository(clock.now), new MemoryFamiliarAddressRepository(), {
      failuresPerAccountAndAddress: 9,
      failuresPerAccount: 9,
      failuresPerAddress: 9,
      registrationsPerAddress: 9,
      codesPerAccount: 5,
      challengesPerAddress: 9,
      windowSeconds: 900,
    });
    const sealer = new Sealer(['a-secret-of-enough-length']);
    service = new SecondFactorService(new MemorySecondFactorRepository(), sealer, limits, 'Shop & Co', clock.now);
  });

  const codeAt = (offsetMs = 0) => app.generate({ timestamp: clock.now() + offsetMs });

  async function enrolled(): Promise<readonly string[]> {
    const { secret, sealedSecret } = await service.propose(ada.name);
    expect(sealedSecret).not.toContain(secret);
    app = new TOTP({ secret: Secret.fromBase32(secret) });
    return service.enrol(ada, sealedSecret, codeAt());
  }

  test('is proposed with what an authenticator app reads', async () => {
    const { secret, uri } = await service.propose(ada.name);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Shop%20%26%20Co:Ada\?/);
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
    expect(await service.isEnrolled('ada')).toBe(false);
  });

  test('counts once a code of its secret is confirmed, and there is one only', async () => {
    const { sealedSecret } = await service.propose(ada.name);
    await expect(service.enrol(ada, sealedSecret, '000000')).rejects.toMatchObject({ status: 403, code: 'wrong_code' });
    const codes = await enrolled();
    expect(new Set(codes).size).toBe(10);
    expect(await service.status('ADA')).toEqual({ enrolled: true, recoveryCodesLeft: 10 });
    await expect(service.propose('ada')).rejects.toMatchObject({ status: 409, code: 'second_factor_enrolled' });
  });

  test('takes a code once, also the one that confirmed it, and none before a used one', async () => {
    await enrolled();
    expect(await service.use('ada', codeAt())).toBe(false);
    const early = codeAt();
    clock.advance(STEP_MS);
    expect([await service.use('ada', codeAt()), await service.use('ada', codeAt())]).toEqual([true, false]);
    expect(await service.use('ada', early)).toBe(false);
  });

  test('takes codes of a clock that is a step off, and no further', async () => {
    await enrolled();
    clock.advance(10 * STEP_MS);
    expect(await service.use('ada', codeAt(-2 * STEP_MS))).toBe(false);
    expect(await service.use('ada', codeAt(-STEP_MS))).toBe(true);
    expect(await service.use('ada', codeAt(STEP_MS))).toBe(true);
  });

  test('takes each recovery code once, with or without dashes', async () => {
    const [one = '', two = ''] = await enrolled();
    expect([await service.use('ada', one.replaceAll('-', '')), await service.use('ada', one)]).toEqual([true, false]);
    expect(await service.use('ada', two)).toBe(true);
    expect(await service.status('ada')).toEqual({ enrolled: true, recoveryCodesLeft: 8 });
  });

  test('lets parallel guesses pass up to the limit, and tells the time to wait', async () => {
    await enrolled();
    const guesses = await Promise.allSettled(Array.from({ length: 20 }, () => service.use('ada', '000000')));
    expect(guesses.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(service.use('ADA', codeAt())).rejects.toMatchObject({ status: 429, retryAfterSeconds: 180 });
  });

  test('is gone once it is removed', async () => {
    await enrolled();
    await service.remove(ada);
    expect(await service.isEnrolled('ada')).toBe(false);
    clock.advance(STEP_MS);
    expect(await service.use('ada', codeAt())).toBe(false);
  });
});
