import type { Redis } from 'ioredis';
import { type Bucket, BucketRepository } from './bucket.repository.js';

// A bucket is stored as one number: the time at which it will be empty, by the clock of Redis (generic cell rate algorithm).
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local emptyAt = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local units, capacity, drainMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])`;

const WAIT_MS = 'math.max(0, math.ceil(emptyAt - now + (units - capacity) * drainMs))';

const ADD = `
emptyAt = emptyAt + units * drainMs
redis.call('SET', KEYS[1], string.format('%.0f', emptyAt), 'PX', math.ceil(emptyAt - now))
return 0`;

const ROOM = `${PRELUDE}
return ${WAIT_MS}`;

const FILL = `${PRELUDE}${ADD}`;

const TAKE = `${PRELUDE}
local wait = ${WAIT_MS}
if wait > 0 then return wait end${ADD}`;

/** A string per bucket, `<prefix>auth:limit:<key>`, gone when the bucket is empty. */
export class RedisBucketRepository extends BucketRepository {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {
    super();
  }

  async secondsUntilRoom(bucket: Bucket, units: number): Promise<number> {
    return Number(await this.run(ROOM, bucket, units)) / 1000;
  }

  async fill(bucket: Bucket, units: number): Promise<void> {
    await this.run(FILL, bucket, units);
  }

  async take(bucket: Bucket, units: number): Promise<number> {
    return Number(await this.run(TAKE, bucket, units)) / 1000;
  }

  async empty({ key }: Bucket): Promise<void> {
    await this.redis.del(this.key(key));
  }

  private run(script: string, { key, capacity, drainSeconds }: Bucket, units: number): Promise<unknown> {
    return this.redis.eval(script, 1, this.key(key), units, capacity, drainSeconds * 1000);
  }

  private key(key: string): string {
    return `${this.prefix}auth:limit:${key}`;
  }
}
