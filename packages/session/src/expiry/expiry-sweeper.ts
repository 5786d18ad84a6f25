import type { BoundedRedis } from '../redis/bounded-redis.js';
import { BUCKETS, type Keyspace } from '../store/keyspace.js';
import { SWEEP } from '../store/scripts.js';

const BATCH = 200;

/**
 * Announces expired sessions, each once, without Redis's keyspace notifications. Every `intervalMs` one of all processes
 * takes the lease and goes through the queues of sessions that were due.
 */
export class ExpirySweeper {
  private readonly timer: NodeJS.Timeout;
  private sweeping = false;

  constructor(
    private readonly redis: BoundedRedis,
    private readonly keys: Keyspace,
    private readonly origin: string,
    private readonly intervalMs: number,
  ) {
    this.timer = setInterval(() => void this.sweepIfMine(), intervalMs);
    this.timer.unref();
  }

  async sweepIfMine(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      const lease = this.keys.sweeper;
      const mine = await this.redis.run(lease, (redis) => redis.setIfAbsent(lease, '1', this.leaseMs));
      if (mine) await Promise.all(BUCKETS.map((bucket) => this.sweep(bucket)));
    } catch {
      // Redis is unavailable. The sessions stay due and are announced when it is back.
    } finally {
      this.sweeping = false;
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** The lease is a little shorter than the interval, so that the holder finds it free again at its next turn. */
  private get leaseMs(): number {
    return Math.max(1, Math.floor(this.intervalMs * 0.9));
  }

  private async sweep(bucket: string): Promise<void> {
    const args = [this.keys.prefix, bucket, BATCH, this.origin];
    while ((await this.redis.evaluate(SWEEP, this.keys.expiry(bucket), args)) === BATCH);
  }
}
