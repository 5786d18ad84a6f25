import { type RunningService, readConfig, startService } from '@holdfast/service';
import type { Redis } from 'ioredis';
import { authService, authServiceEnv } from '../src/index.js';

/** An auth service of this test's own, on a free port. */
export async function startAuth(redisUrl: string, env: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const result = readConfig(authServiceEnv, {
    REDIS_URL: redisUrl,
    PORT: '0',
    LOG_LEVEL: 'silent',
    SESSION_SECRETS: 'a-secret-of-enough-length',
    SHUTDOWN_DRAIN_MS: '0',
    ...env,
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return startService(authService(result.config));
}

/** A client with a cookie jar and an address. */
export class Person {
  cookie = '';

  constructor(
    private readonly address = '198.51.100.1',
    private readonly userAgent = 'test',
  ) {}

  async send(method: string, url: string, body?: unknown): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: {
        'x-forwarded-for': this.address,
        'user-agent': this.userAgent,
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie()[0];
    if (set !== undefined) this.cookie = set.split(';')[0] ?? '';
    return response;
  }
}

export const password = 'correct horse battery';

/** A name that is unused in this run. */
export function newName(): string {
  return `user-${Math.random().toString(36).slice(2, 12)}`;
}

/** Every key and its value. */
export async function everythingIn(redis: Redis): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    if (type === 'hash') all[key] = await redis.hgetall(key);
    else if (type === 'zset') all[key] = await redis.zrevrange(key, 0, -1);
    else if (type === 'set') all[key] = await redis.smembers(key);
    else if (type === 'string') all[key] = await redis.get(key);
    else all[key] = await redis.dump(key);
  }
  return all;
}
