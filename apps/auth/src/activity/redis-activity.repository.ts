import { type ActivityEntry, activityEntrySchema } from '@holdfast/contracts';
import type { Redis } from 'ioredis';
import { ActivityRepository, MOST_ENTRIES } from './activity.repository.js';

const KEPT_SECONDS = 90 * 86_400;

/** A sorted set per user, `<prefix>auth:activity:<user id>`, by time: the same entry added again is the same member. */
export class RedisActivityRepository extends ActivityRepository {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    super();
  }

  async add(userId: string, { id, type, at, data }: ActivityEntry): Promise<void> {
    const key = this.key(userId);
    await this.redis
      .multi()
      .zadd(key, Date.parse(at), JSON.stringify({ id, type, at, data }))
      .zremrangebyrank(key, 0, -MOST_ENTRIES - 1)
      .expire(key, KEPT_SECONDS)
      .exec();
  }

  async list(userId: string, limit: number): Promise<ActivityEntry[]> {
    const members = await this.redis.zrevrange(this.key(userId), 0, limit - 1);
    return members.map((member) => activityEntrySchema.parse(JSON.parse(member)));
  }

  private key(userId: string): string {
    return `${this.prefix}auth:activity:${userId}`;
  }
}
