import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { WINDOW_MS } from './message-rate.js';

/** The frames of a user, over all instances, in windows of a minute that begin with the first. */
export interface FrameCounts {
  /** Adds frames; resolves with the count of this window and its time left. Rejects when the store is unavailable. */
  add(userId: string, frames: number): Promise<{ readonly count: number; readonly leftMs: number }>;
}

const ADD_SCRIPT = `
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[2])
  redis.call('PEXPIRE', KEYS[1], left)
end
return { count, left }
`;

/** `FrameCounts` in Redis: one number a user, `<prefix>chat:frames:<limit>:<digest>`. */
export class RedisFrameCounts implements FrameCounts {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    /** Part of the key: during a change of the limit, instances with the old and the new one count separately. */
    private readonly framesPerMinute: number,
  ) {}

  async add(userId: string, frames: number): Promise<{ count: number; leftMs: number }> {
    const user = createHash('sha256').update(userId).digest('base64url');
    const key = `${this.prefix}chat:frames:${this.framesPerMinute}:${user}`;
    const [count, leftMs] = (await this.redis.eval(ADD_SCRIPT, 1, key, frames, WINDOW_MS)) as [number, number];
    return { count, leftMs };
  }
}
