import { Problem } from '@holdfast/service';
import type { Bucket, BucketRepository } from './bucket.repository.js';
import { digest } from './digest.js';
import type { FamiliarAddressRepository } from './familiar-addresses.repository.js';
import { networkOf } from './network-of.js';

/** The attempts allowed before a slow-down, and the time in which the allowance recovers. */
export interface LimitSettings {
  /** Failed logins of one name from one network. */
  readonly failuresPerAccountAndAddress: number;
  /** Failed logins of one name from anywhere; networks from which its owner has logged in are exempt. */
  readonly failuresPerAccount: number;
  /** Failed logins from one network, of any name. */
  readonly failuresPerAddress: number;
  /** Registrations from one network; a request for a taken name counts as ten. */
  readonly registrationsPerAddress: number;
  /** Codes of a second factor that are tried for one name, right or wrong. */
  readonly codesPerAccount: number;
  /** Challenges for passkeys that strangers of one network ask for. */
  readonly challengesPerAddress: number;
  /** Time in which a full bucket drains. */
  readonly windowSeconds: number;
}

const TAKEN_NAME_UNITS = 10;

/** One attempt to log in: the name, and the address it comes from. */
export interface Attempt {
  readonly name: string;
  readonly address: string;
}

/**
 * Slows password guessing down without locking users out. Only failures count, the limits recover steadily, and the owner
 * of a name can log in from a network used before even while others guess at it. All instances share the limits.
 */
export class AttemptLimits {
  constructor(
    private readonly buckets: BucketRepository,
    private readonly familiar: FamiliarAddressRepository,
    private readonly settings: LimitSettings,
  ) {}

  /** Whether the owner has used this network before. Throws 429 with the time to wait if the attempt exceeds a limit now. */
  async admitLogin(attempt: Attempt): Promise<boolean> {
    const { pair, account, address } = this.loginBuckets(attempt);
    // One round trip for all four.
    const [forPair, forAccount, forAddress, isFamiliar] = await Promise.all([
      this.buckets.secondsUntilRoom(pair, 1),
      this.buckets.secondsUntilRoom(account, 1),
      this.buckets.secondsUntilRoom(address, 1),
      this.familiar.knows(attempt.name, networkOf(attempt.address)),
    ]);
    refuseFor(Math.max(forPair, forAddress, isFamiliar ? 0 : forAccount));
    return isFamiliar;
  }

  async loginFailed(attempt: Attempt): Promise<void> {
    const { pair, account, address } = this.loginBuckets(attempt);
    await Promise.all([pair, account, address].map((bucket) => this.buckets.fill(bucket, 1)));
  }

  /** The network becomes familiar. Failures of others, and of this network with other names, stay counted. */
  async loginSucceeded(attempt: Attempt): Promise<void> {
    await Promise.all([
      this.buckets.empty(this.loginBuckets(attempt).pair),
      this.familiar.remember(attempt.name, networkOf(attempt.address)),
    ]);
  }

  /**
   * Counts one code that is tried for this name, and throws 429 with the time to wait if that exceeds the limit. It counts from every
   * network: six digits are few, and who tries them has the password.
   */
  async admitCode(name: string): Promise<void> {
    refuseFor(await this.buckets.take(this.bucket(`code:${digest(name)}`, this.settings.codesPerAccount), 1));
  }

  /** Counts one challenge for this network, and throws 429 with the time to wait if that exceeds the limit. */
  async admitChallenge(address: string): Promise<void> {
    const key = `challenge:${digest(networkOf(address))}`;
    refuseFor(await this.buckets.take(this.bucket(key, this.settings.challengesPerAddress), 1));
  }

  /** Throws 429 with the time to wait if the registrations from this network are at their limit. */
  async admitRegistration(address: string): Promise<void> {
    refuseFor(await this.buckets.secondsUntilRoom(this.registrations(address), 1));
  }

  /** The network becomes familiar, since the password was chosen there. */
  async registered({ name, address }: Attempt): Promise<void> {
    await Promise.all([
      this.buckets.fill(this.registrations(address), 1),
      this.familiar.remember(name, networkOf(address)),
    ]);
  }

  async nameWasTaken(address: string): Promise<void> {
    await this.buckets.fill(this.registrations(address), TAKEN_NAME_UNITS);
  }

  private loginBuckets({ name, address }: Attempt) {
    const network = networkOf(address);
    const { failuresPerAccountAndAddress, failuresPerAccount, failuresPerAddress } = this.settings;
    return {
      pair: this.bucket(`pair:${digest(`${name} ${network}`)}`, failuresPerAccountAndAddress),
      account: this.bucket(`account:${digest(name)}`, failuresPerAccount),
      address: this.bucket(`address:${digest(network)}`, failuresPerAddress),
    };
  }

  private registrations(address: string): Bucket {
    return this.bucket(`register:${digest(networkOf(address))}`, this.settings.registrationsPerAddress);
  }

  private bucket(key: string, capacity: number): Bucket {
    return { key, capacity, drainSeconds: this.settings.windowSeconds / capacity };
  }
}

function refuseFor(seconds: number): void {
  if (seconds > 0) throw new Problem(429, 'too_many_attempts', 'Too many attempts; wait before the next one.', seconds);
}
