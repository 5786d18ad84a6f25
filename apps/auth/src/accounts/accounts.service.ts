import { randomUUID } from 'node:crypto';
import { newEvent } from '@holdfast/events';
import type { FieldError } from '@holdfast/service';
import { currentRequest, Problem } from '@holdfast/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AttemptLimits } from '../limits/attempt-limits.js';
import { HashSlots } from '../passwords/hash-slots.js';
import { isCommonPassword } from '../passwords/is-common-password.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { type Account, AccountRepository, foldName } from './account.repository.js';

/** The name and password of a request, and the address it came from. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly address: string;
}

/** An account whose password was right. */
export interface Verified {
  readonly account: Account;
  /** Its owner has not logged in from this network lately. */
  readonly newNetwork: boolean;
}

/** Creates accounts and checks credentials. It does not know about sessions. */
@Injectable()
export class AccountsService implements OnModuleInit {
  constructor(
    @Inject(AccountRepository) private readonly accounts: AccountRepository,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(HashSlots) private readonly slots: HashSlots,
    @Inject(AttemptLimits) private readonly limits: AttemptLimits,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.hasher.warmUp();
  }

  /** Rejects with 400 for a common password, 409 for a taken name, 429 after too many registrations from that network. */
  async register({ username, password, address }: Credentials): Promise<Account> {
    refuseCommon(password, username, 'password');
    return this.slots.run(async () => {
      const [taken] = await Promise.all([this.accounts.findByName(username), this.limits.admitRegistration(address)]);
      if (taken !== undefined) return this.nameTaken(address);
      const passwordHash = await this.hasher.hash(password);
      const account = { id: randomUUID(), name: username, passwordHash, createdAt: new Date() };
      const about = { key: account.id, data: { name: username }, ...currentRequest() };
      if (!(await this.accounts.create(account, newEvent('user.registered', about)))) return this.nameTaken(address);
      await this.limits.registered({ name: foldName(username), address });
      return account;
    });
  }

  /**
   * Returns the account of these credentials; the caller reports `loginSucceeded` once the login is complete. A wrong password and
   * an unknown user get the same 401 in the same time.
   */
  async authenticate({ username, password, address }: Credentials): Promise<Verified> {
    const verified = await this.verify({ username, password, address });
    if (verified === undefined) throw invalidCredentials();
    return verified;
  }

  /** Forgets the failures of this name from this network, which becomes familiar. */
  async loginSucceeded({ username, address }: Omit<Credentials, 'password'>): Promise<void> {
    await this.limits.loginSucceeded({ name: foldName(username), address });
  }

  find(name: string): Promise<Account | undefined> {
    return this.accounts.findByName(name);
  }

  /** Rejects with 403 for a wrong password: whoever changes how one logs in proves to be the owner first. */
  async confirmPassword(credentials: Credentials): Promise<void> {
    if ((await this.verify(credentials)) === undefined) throw wrongPassword();
    await this.loginSucceeded(credentials);
  }

  /** Whether the account's password is unchanged, read again from the storage. */
  async isCurrent({ name, passwordHash }: Account): Promise<boolean> {
    return (await this.accounts.findByName(name))?.passwordHash === passwordHash;
  }

  /** Rejects with 403 for a wrong current password, 400 for a common new one. */
  async changePassword(credentials: Credentials, next: string): Promise<void> {
    refuseCommon(next, credentials.username, 'next');
    const { account } = (await this.verify(credentials)) ?? {};
    if (account === undefined) throw wrongPassword();
    const nextHash = await this.slots.run(() => this.hasher.hash(next));
    const [replaced] = await Promise.all([
      this.accounts.replacePassword(account.name, account.passwordHash, nextHash),
      this.loginSucceeded(credentials),
    ]);
    if (!replaced) throw wrongPassword();
  }

  // Check and count happen within one slot, so no more parallel guesses than slots pass the limits before they are counted.
  private verify({ username, password, address }: Credentials): Promise<Verified | undefined> {
    return this.slots.run(async () => {
      const attempt = { name: foldName(username), address };
      // It reads the account meanwhile, but checks the password only after the limits admit the attempt.
      const [account, isFamiliar] = await Promise.all([
        this.accounts.findByName(username),
        this.limits.admitLogin(attempt),
      ]);
      const isRight = await this.hasher.verify(password, account?.passwordHash);
      if (isRight && account !== undefined) return { account, newNetwork: !isFamiliar };
      await this.limits.loginFailed(attempt);
      return undefined;
    });
  }

  private async nameTaken(address: string): Promise<never> {
    await this.limits.nameWasTaken(address);
    throw new Problem(409, 'name_taken', 'This user name is taken; choose another one.');
  }
}

/** The same answer to every failed login. */
export function invalidCredentials(): Problem {
  return new Problem(401, 'invalid_credentials', 'The user name or the password is not right.');
}

function wrongPassword(): Problem {
  return new Problem(403, 'wrong_password', 'The current password is not right.');
}

function refuseCommon(password: string, username: string, path: string): void {
  if (!isCommonPassword(password, username)) return;
  const errors: FieldError[] = [
    { path, message: 'This password is one of the first that attackers try: choose another.' },
  ];
  throw new Problem(400, 'common_password', 'Choose a less common password.', undefined, { errors });
}
