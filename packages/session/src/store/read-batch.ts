import type { BoundedRedis } from '../redis/bounded-redis.js';
import type { Hash } from '../redis/redis-port.js';

interface Waiting {
  readonly key: string;
  resolve(hash: Hash): void;
  reject(error: unknown): void;
}

/**
 * Sends the reads of all requests that came in together as one write to Redis's socket, because the write, not the command, is
 * the cost of a read in a busy process. A lone read waits only for the end of the turn of the event loop it is in.
 * In a Cluster the keys are on different servers, and each read goes by itself.
 */
export class ReadBatch {
  private waiting: Waiting[] = [];

  constructor(private readonly redis: BoundedRedis) {}

  read(key: string): Promise<Hash> {
    if (this.redis.port.isCluster) return this.redis.run(key, (redis) => redis.hgetall(key));
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => void this.send());
    });
  }

  private async send(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    const [first] = batch;
    if (first === undefined) return;
    try {
      if (batch.length === 1) {
        first.resolve(await this.redis.run(first.key, (redis) => redis.hgetall(first.key)));
        return;
      }
      const replies = await this.redis.run(
        first.key,
        (redis) => redis.hgetallOfMany(batch.map(({ key }) => key)),
        batch.length,
      );
      for (const [n, waiting] of batch.entries()) {
        const reply = replies[n] ?? new Error('Redis gave no reply');
        if (reply instanceof Error) waiting.reject(this.redis.unavailable(reply));
        else waiting.resolve(reply);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
