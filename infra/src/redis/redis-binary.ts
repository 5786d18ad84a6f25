import { findOnPath } from '../find-on-path.js';

/** The path of an installed Redis (or Valkey) server, or undefined. */
export function findRedisBinary(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findOnPath('redis-server', env) ?? findOnPath('valkey-server', env);
}

/** The one sentence for a machine without Redis. */
export const HOW_TO_GET_REDIS =
  'No Redis found: set REDIS_URL, or install redis-server (Debian: apt-get install redis-server, macOS: brew install redis), or start Docker.';
