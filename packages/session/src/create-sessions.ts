import { SessionConfigError } from './errors/session-error.js';
import type { RedisClient } from './redis/redis-client.js';
import { RedisSessions } from './redis-sessions.js';
import { type ResolvedSessionOptions, resolveOptions, type SessionOptions } from './session-options.js';
import type { Sessions } from './sessions.js';
import { StockSessions } from './stock/stock-sessions.js';

/** The session layer of this process. Throws `SessionConfigError` listing every mistake in the options. */
export function createSessions(options: SessionOptions): Sessions {
  const resolved = resolveOptions(options);
  switch (resolved.store) {
    case 'memory':
    case 'connect-redis':
    case 'memcached':
      return new StockSessions(resolved);
    case 'redis':
    case 'cached':
      return new RedisSessions(resolved, requireRedis(resolved));
  }
}

function requireRedis({ redis, store }: ResolvedSessionOptions): RedisClient {
  if (redis === undefined) throw new SessionConfigError([`redis: the store '${store}' needs it`]);
  return redis;
}
