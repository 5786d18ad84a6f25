import { randomBytes } from 'node:crypto';
import type { RedisConfig, ServiceConfig, SessionConfig } from './service-env.js';

/**
 * The options of the session package, from the environment; undefined where its default counts. Without `SESSION_SECRETS` it
 * makes a random secret that only this process knows; in production that is an error.
 */
export function sessionOptions<R>(config: ServiceConfig & SessionConfig & RedisConfig, redis: R) {
  return {
    store: config.SESSION_STORE,
    secrets: config.SESSION_SECRETS ?? [inventSecret(config.NODE_ENV)],
    redis,
    memcached: config.MEMCACHED_URL,
    prefix: config.KEY_PREFIX,
    secure: config.SESSION_SECURE,
    idleSeconds: config.SESSION_IDLE_SECONDS,
    absoluteSeconds: config.SESSION_ABSOLUTE_SECONDS,
    maxSessionsPerUser: config.MAX_SESSIONS_PER_USER,
    staleIfErrorMs: config.SESSION_STALE_IF_ERROR_MS,
    explain: config.EXPLAIN_SESSION,
  };
}

function inventSecret(environment: string): string {
  if (environment !== 'production') return randomBytes(32).toString('base64url');
  throw new Error('SESSION_SECRETS is not set: in production give one or more, separated by commas; the first signs.');
}
