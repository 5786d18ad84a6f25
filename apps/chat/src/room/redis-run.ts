import { isCluster } from '@holdfast/events';
import type { Cluster, Redis } from 'ioredis';

/** Which Redis process a connection talks to. Another one after a reconnect may not remember the last one's newest writes. */
export class RedisRun {
  private known: Promise<string> | undefined;

  constructor(private readonly redis: Redis | Cluster) {
    redis.on('close', () => {
      this.known = undefined;
    });
  }

  /**
   * Redis' own `run_id`, asked for once per connection. On a Cluster '': a command may be sent on to a master that we did not mean, so
   * there the script asks the one it runs on.
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
