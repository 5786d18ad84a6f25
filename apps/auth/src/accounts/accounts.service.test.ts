import { FakeClock } from '@holdfast/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { AttemptLimits } from '../limits/attempt-limits.js';
import { MemoryBucketRepository } from '../limits/memory-bucket.repository.js';
import { MemoryFamiliarAddressRepository } from '../limits/memory-familiar-addresses.repository.js';
import { HashSlots } from '../passwords/hash-slots.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { AccountsService } from './accounts.service.js';
import { MemoryAccountRepository } from './memory-account.repository.js';

/** A hasher with readable hashes that counts its calls. */
class PlainHasher extends PasswordHasher {
  work = 0;

  override async hash(password: string): Promise<string> {
    this.work += 1;
    return `plain:${password}`;
  }

  override async verify(password: string, passwordHash: string | undefined): Promise<boolean> {
    this.work += 1;
    return passwordHash === `plain:${password}`;
  }

  override async warmUp(): Promise<void> {}
}

const ada = { username: 'Ada', password: 'correct horse battery', address: '198.51.100.1' };

describe('AccountsService', () => {
  let accounts: AccountsService;
  let repository: MemoryAccountRepository;
  let hasher: PlainHasher;

  beforeEach(() => {
    repository = new MemoryAccountRepository();
    hasher = new PlainHasher();
    const limits = new AttemptLimits(
      new MemoryBucketRepository(new FakeClock().now),
      new MemoryFamiliarAddressRepository(),
      {
        failuresPerAccountAndAddress: 5,
        failuresPerAccount: 50,
        failuresPerAddress: 50,
        registrationsPerAddress: 100,
        codesPerAccount: 3,
        challengesPerAddress: 9,
        windowSeconds: 60,
      },
    );
    accounts = new AccountsService(repository, hasher, new HashSlots(2, 100), limits);
  });

  test('recognises a registered user in any case of the name', async () => {
    const { id } = await accounts.register(ada);
    await expect(accounts.authenticate({ ...ada, username: 'aDA' })).resolves.toMatchObject({
      account: { id, name: 'Ada' },
    });
  });

  test('does the same work for an unknown user as for a wrong password, and answers the same', async () => {
    await accounts.register(ada);
    const attempt = async (username: string) => {
      const before = hasher.work;
      const error: unknown = await accounts.authenticate({ ...ada, username, password: 'wrong' }).catch((e) => e);
      return { error, work: hasher.work - before };
    };
    const [wrong, unknown] = [await attempt('ada'), await attempt('nobody')];
    expect(unknown).toEqual(wrong);
    expect(wrong.error).toMatchObject({ status: 401, code: 'invalid_credentials' });
  });

  test('hashes nothing once the limit is reached, with any number of parallel tries', async () => {
    await accounts.register(ada);
    const before = hasher.work;
    const guesses = Array.from({ length: 40 }, (_, i) => accounts.authenticate({ ...ada, password: `guess ${i}` }));
    const outcomes = await Promise.all(
      guesses.map((guess) => guess.catch((error: { status: number }) => error.status)),
    );
    expect(outcomes).toContain(429);
    // Tries that were in a slot when the last one failed may have passed.
    expect(hasher.work - before).toBeLessThanOrEqual(5 + 2);
  });

  test('hashes nothing for a taken name or a common password', async () => {
    await accounts.register(ada);
    const before = hasher.work;
    await expect(accounts.register(ada)).rejects.toMatchObject({ status: 409, code: 'name_taken' });
    const common = accounts.register({ ...ada, username: 'bob', password: 'password123' });
    await expect(common).rejects.toMatchObject({ status: 400, code: 'common_password' });
    expect(hasher.work).toBe(before);
  });

  test('changes a password only for a user who knows the current one', async () => {
    await accounts.register(ada);
    await expect(accounts.changePassword({ ...ada, password: 'wrong' }, 'another good one')).rejects.toMatchObject({
      status: 403,
      code: 'wrong_password',
    });
    await accounts.changePassword(ada, 'another good one');
    await expect(accounts.authenticate(ada)).rejects.toMatchObject({ status: 401 });
    await expect(accounts.authenticate({ ...ada, password: 'another good one' })).resolves.toBeDefined();
  });

  test('lets one of two changes at once through', async () => {
    await accounts.register(ada);
    const changes = await Promise.allSettled([
      accounts.changePassword(ada, 'another good one'),
      accounts.changePassword(ada, 'a third good one'),
    ]);
    expect(changes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('reports that the password has changed since', async () => {
    const account = await accounts.register(ada);
    expect(await accounts.isCurrent(account)).toBe(true);
    await accounts.changePassword(ada, 'another good one');
    expect(await accounts.isCurrent(account)).toBe(false);
  });
});
