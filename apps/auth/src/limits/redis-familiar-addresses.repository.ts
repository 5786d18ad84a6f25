import type { Redis } from 'ioredis';
import { digest } from './digest.js';
import { FamiliarAddressRepository } from './familiar-addresses.repository.js';

const MOST_ADDRESSES = 20;
const KEPT_SECONDS = 30 * 86_400;

/**
 * KEYS: the user's addresses. ARGV: digest of the address, most addresses, seconds they are kept. Addresses are ordered by the clock of
 * Redis, so that instances with different clocks agree on which is the oldest.
 */
const REMEMBER_SCRIPT = `
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -ARGV[2] - 1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
`;

/** A sorted set per user, `<prefix>auth:familiar:<digest>`: the last 20 addresses, as digests, for 30 days. */
export class RedisFamiliarAddressRepository extends FamiliarAddressRepository {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    super();
  }

  async remember(userName: string, address: string): Promise<void> {
    const key = this.key(userName);
    await this.redis.eval(REMEMBER_SCRIPT, 1, key, digest(address), MOST_ADDRESSES, KEPT_SECONDS);
  }

  async knows(userName: string, address: string): Promise<boolean> {
    return (await this.redis.zscore(this.key(userName), digest(address))) !== null;
  }

  private key(userName: string): string {
    return `${this.prefix}auth:familiar:${digest(userName)}`;
  }
}
