import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** KEYS: lease. ARGV: holder, milliseconds. Takes a free lease, prolongs our own. */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** KEYS: lease. ARGV: holder. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** Lets one process at a time work. The lease is free again `ms` after the last `hold`. */
export class Lease {
  private readonly holder = randomUUID();
  private heldUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly redis: Redis,
    private readonly key: string,
    readonly ms: number,
  ) {}

  /** Whether the lease is certainly ours, by our own clock counted from before the request for it. */
  get isHeld(): boolean {
    return performance.now() < this.heldUntil;
  }

  /** Takes or prolongs the lease; false if another process holds it. */
  async hold(): Promise<boolean> {
    const asked = performance.now();
    const held = (await this.redis.eval(HOLD, 1, this.key, this.holder, this.ms)) === 1;
    this.heldUntil = held ? asked + this.ms : Number.NEGATIVE_INFINITY;
    return held;
  }

  async release(): Promise<void> {
    this.heldUntil = Number.NEGATIVE_INFINITY;
    await this.redis.eval(RELEASE, 1, this.key, this.holder);
  }
}
