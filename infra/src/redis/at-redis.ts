import { Redis } from 'ioredis';

/** Asks the server on this port by a connection that lasts as long as `ask`. Rejects when the server does not answer. */
export async function atRedis<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}
