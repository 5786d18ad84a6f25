import { Redis } from 'ioredis';

/** Asks the Redis on this port on a connection of its own. */
export async function askRedis<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => null, lazyConnect: true });
  // An error rejects the call that it concerns.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** The current value of a setting of that Redis. */
export async function redisSetting(redis: Redis, name: string): Promise<string> {
  const [, value] = (await redis.config('GET', name)) as string[];
  if (value === undefined) throw new Error(`this Redis has no setting ${name}`);
  return value;
}
