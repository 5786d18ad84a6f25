import type { Redis } from 'ioredis';
import { digest } from './digest.js';
import { FamiliarAddressRepository } from './familiar-addresses.repository.js';

const MOST_ADDRESSES = 20;
const KEPT_SECONDS = 30 * 86_400;

/** A sorted set per user, `<prefix>auth:familiar:<digest>`: the last 20 addresses, as digests, for 30 days. */
export class RedisFamiliarAddressRepository extends FamiliarAddressRepository {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    super();
  }

  async remember(userName: string, address: string): Promise<void> {
    const key = this.#key(userName);
    await this.redis
      .multi()
      .zadd(key, Date.now(), digest(address))
      .zremrangebyrank(key, 0, -MOST_ADDRESSES - 1)
      .expire(key, KEPT_SECONDS)
      .exec();
  }

  async knows(userName: string, address: string): Promise<boolean> {
    return (await this.redis.zscore(this.#key(userName), digest(address))) !== null;
  }

  #key(userName: string): string {
    return `${this.prefix}auth:familiar:${digest(userName)}`;
  }
}
