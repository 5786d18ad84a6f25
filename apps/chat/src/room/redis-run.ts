import { isCluster } from '@holdfast/events';
import type { Cluster, Redis } from 'ioredis';

/** Identifies the Redis process behind a connection. After a reconnect it may be another one, which may lack the newest writes. */
export class RedisRun {
  private known: Promise<string> | undefined;

  constructor(private readonly redis: Redis | Cluster) {
    redis.on('close', () => {
      this.known = undefined;
    });
  }

  /**
   * The `run_id` of Redis, asked for once per connection. On a Cluster it is '', because a redirection may run the script on another
   * master: there the script asks the master that it runs on.
   */
  async id(): Promise<string> {
    if (isCluster(this.redis)) return '';
    this.known ??= this.ask(this.redis);
    return this.known;
  }

  private async ask(redis: Redis): Promise<string> {
    try {
      const info = await redis.info('server');
      return /^run_id:(\w+)/m.exec(info)?.[1] ?? '';
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }
}
