import { FakeClock } from '@holdfast/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { AttemptLimits } from './attempt-limits.js';
import { MemoryBucketRepository } from './memory-bucket.repository.js';
import { MemoryFamiliarAddressRepository } from './memory-familiar-addresses.repository.js';
import { networkOf } from './network-of.js';

const attacker = '203.0.113.9';
const home = '198.51.100.1';

describe('AttemptLimits', () => {
  let clock: FakeClock;
  let limits: AttemptLimits;

  beforeEach(() => {
    clock = new FakeClock();
    limits = new AttemptLimits(new MemoryBucketRepository(clock.now), new MemoryFamiliarAddressRepository(), {
      failuresPerAccountAndAddress: 3,
      failuresPerAccount: 10,
      failuresPerAddress: 20,
      registrationsPerAddress: 30,
      codesPerAccount: 3,
      challengesPerAddress: 9,
      windowSeconds: 60,
    });
  });

  /** The number of failures in a row that pass; `addressOf` may change the address each time. */
  async function guess(times: number, name: (i: number) => string, addressOf: (i: number) => string): Promise<number> {
    for (let i = 0; i < times; i += 1) {
      const attempt = { name: name(i), address: addressOf(i) };
      try {
        await limits.admitLogin(attempt);
      } catch {
        return i;
      }
      await limits.loginFailed(attempt);
    }
    return times;
  }

  test('stops guesses at one name from one address, and returns the time to wait', async () => {
    expect(
      await guess(
        99,
        () => 'ada',
        () => attacker,
      ),
    ).toBe(3);
    await expect(limits.admitLogin({ name: 'ada', address: attacker })).rejects.toMatchObject({
      status: 429,
      code: 'too_many_attempts',
      retryAfterSeconds: 20,
    });
    clock.advance(20_000);
    expect(
      await guess(
        99,
        () => 'ada',
        () => attacker,
      ),
    ).toBe(1);
  });

  test('stops guesses at one name from many addresses', async () => {
    expect(
      await guess(
        99,
        () => 'ada',
        (i) => `203.0.113.${i}`,
      ),
    ).toBe(10);
  });

  test('stops guesses at many names from one address', async () => {
    expect(
      await guess(
        99,
        (i) => `user${i}`,
        () => attacker,
      ),
    ).toBe(20);
  });

  test('counts no success', async () => {
    for (let i = 0; i < 99; i += 1) {
      await limits.admitLogin({ name: 'ada', address: home });
      await limits.loginSucceeded({ name: 'ada', address: home });
    }
  });

  test('lets the owner in from a familiar address while others guess at the name', async () => {
    await limits.loginSucceeded({ name: 'ada', address: home });
    await guess(
      99,
      () => 'ada',
      (i) => `203.0.113.${i}`,
    );
    await expect(limits.admitLogin({ name: 'ada', address: home })).resolves.toBe(true);
  });

  test('recognises an owner who has never logged in since registering', async () => {
    await limits.registered({ name: 'ada', address: home });
    await guess(
      99,
      () => 'ada',
      (i) => `203.0.113.${i}`,
    );
    await expect(limits.admitLogin({ name: 'ada', address: home })).resolves.toBe(true);
  });

  test('does not forgive an address its failures for logging in to an account of its own', async () => {
    await guess(
      20,
      (i) => `user${i}`,
      () => attacker,
    );
    await limits.loginSucceeded({ name: 'mallory', address: attacker });
    await expect(limits.admitLogin({ name: 'ada', address: attacker })).rejects.toMatchObject({ status: 429 });
  });

  test('slows down requests for taken names ten times as much as registrations', async () => {
    for (let i = 0; i < 3; i += 1) {
      await limits.admitRegistration(attacker);
      await limits.nameWasTaken(attacker);
    }
    await expect(limits.admitRegistration(attacker)).rejects.toMatchObject({ status: 429 });
    for (let i = 0; i < 30; i += 1) {
      await limits.admitRegistration(home);
      await limits.registered({ name: `user${i}`, address: home });
    }
    await expect(limits.admitRegistration(home)).rejects.toMatchObject({ status: 429 });
  });
});

describe('networkOf', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('takes %s for %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
