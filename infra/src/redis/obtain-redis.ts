import { join } from 'node:path';
import { aptGetInstall } from '../apt-get.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { startDockerRedis } from './docker-redis.js';
import { givenRedisProblem } from './given-redis.js';
import { findRedisBinary, howToGetRedis } from './redis-binary.js';
import { type RedisServer, startRedisServer } from './redis-server.js';

/** A Redis to use, and how to give it back. */
export interface ObtainedRedis {
  readonly url: string;
  /** The server, where it is one that we started as a process of our own. */
  readonly server?: RedisServer;
  /** In words, for the person who started us. */
  readonly origin: string;
  /** Ends it if we started it; leaves a server that was given to us alone. */
  stop(): Promise<void>;
}

/**
 * Redis, in this order: `REDIS_URL`; a server program on PATH, started privately with its data in `<dataDir>/redis`; Docker;
 * apt-get as root on Debian or Ubuntu. Rejects with one sentence that says how to get it.
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
  if (binary === undefined) throw new Error(howToGetRedis);
  const program = binary;
  const redis = await withProgress('starting Redis', say, () =>
    startRedisServer({ binary: program, dir: join(dataDir, 'redis') }),
  );
  return { url: redis.url, server: redis, origin: `private, ${program}`, stop: () => redis.stop() };
}

/** Installs redis-server where we may, and says where it then is. */
export async function installRedis(say: Say, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  return (await aptGetInstall('redis-server', say)) ? findRedisBinary(env) : undefined;
}

async function givenRedis(text: string): Promise<ObtainedRedis> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol)) {
    throw new Error('REDIS_URL is not a Redis address. Example: REDIS_URL=redis://127.0.0.1:6379');
  }
  const problem = await givenRedisProblem(url);
  if (problem !== undefined) throw new Error(problem);
  return { url: text, origin: 'from REDIS_URL', stop: async () => undefined };
}
