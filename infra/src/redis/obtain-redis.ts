import { join } from 'node:path';
import { aptGetInstall } from '../apt-get.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { startDockerRedis } from './docker-redis.js';
import { givenRedisProblem } from './given-redis.js';
import { isRedisAddress } from './redis-address.js';
import { findRedisBinary, HOW_TO_GET_REDIS } from './redis-binary.js';
import { type RedisServer, startRedisServer } from './redis-server.js';

const NO_REDIS_ADDRESS = 'REDIS_URL is not a Redis address. Example: REDIS_URL=redis://127.0.0.1:6379';

/** A Redis to use, and the function that releases it. */
export interface ObtainedRedis {
  readonly url: string;
  /** The server, if we started it as our own process. */
  readonly server?: RedisServer;
  /** The place it came from, in words for the user. */
  readonly origin: string;
  /** Ends it if we started it; a given server stays. */
  stop(): Promise<void>;
}

/**
 * Finds or starts Redis, in this order: `REDIS_URL`; a server program on PATH, started privately with its data in
 * `<dataDir>/redis`; Docker; apt-get as root on Debian or Ubuntu. Rejects with one sentence that says how to get it.
 */
export async function obtainRedis(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<ObtainedRedis> {
  if (env.REDIS_URL) return givenRedis(env.REDIS_URL);
  let binary = findRedisBinary(env);
  if (binary === undefined) {
    const container = await withProgress('starting Redis in Docker', say, startDockerRedis);
    if (container !== undefined) return { ...container, origin: 'in Docker' };
    binary = await installRedis(say, env);
  }
  if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
  const program = binary;
  const redis = await withProgress('starting Redis', say, () =>
    startRedisServer({ binary: program, dir: join(dataDir, 'redis') }),
  );
  return { url: redis.url, server: redis, origin: `private, ${program}`, stop: () => redis.stop() };
}

/** Installs redis-server if we may, and returns its path. */
export async function installRedis(say: Say, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  return (await aptGetInstall('redis-server', say)) ? findRedisBinary(env) : undefined;
}

async function givenRedis(text: string): Promise<ObtainedRedis> {
  if (!isRedisAddress(text)) throw new Error(NO_REDIS_ADDRESS);
  const problem = await givenRedisProblem(text);
  if (problem !== undefined) throw new Error(problem);
  return { url: text, origin: 'from REDIS_URL', stop: async () => undefined };
}
