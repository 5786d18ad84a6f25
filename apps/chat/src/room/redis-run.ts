import type { Redis } from 'ioredis';

/** Which Redis process a connection talks to. Another one after a reconnect may not remember the last one's newest writes. */
export class RedisRun {
  private known: Promise<string> | undefined;

  constructor(private readonly redis: Redis) {
    redis.on('close', () => {
      this.known = undefined;
    });
  }

  /** Redis' own `run_id`, asked for once per connection. */
  id(): Promise<string> {
    this.known ??= this.ask();
    return this.known;
  }

  private async ask(): Promise<string> {
    try {
      const info = await this.redis.info('server');
      return /^run_id:(\w+)/m.exec(info)?.[1] ?? '';
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }
}
