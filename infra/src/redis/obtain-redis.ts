import { join } from 'node:path';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { findOnPath } from '../run-command.js';
import { startDockerRedis } from './docker-redis.js';
import { findRedisBinary, redisAdvice } from './find-redis-binary.js';
import { answersPing, startPrivateRedis } from './private-redis.js';

export interface ObtainedRedis {
  readonly url: string;
  /** In words, for the person who started us. */
  readonly origin: string;
  /** Ends it if we started it; leaves a server that was given to us alone. */
  stop(): Promise<void>;
}

/**
 * Redis, in this order: `REDIS_URL`; a server program on PATH, started privately; Docker; installed with apt-get as root on
 * Debian or Ubuntu. Rejects with one sentence that says how to get it.
 */
export async function obtainRedis(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<ObtainedRedis> {
  if (env.REDIS_URL !== undefined && env.REDIS_URL !== '') return givenRedis(env.REDIS_URL);
  if (findOnPath('redis-server') === undefined && findOnPath('valkey-server') === undefined) {
    const container = await withProgress('starting Redis in Docker', say, startDockerRedis);
    if (container !== undefined) {
      return { url: container.url, origin: 'in Docker', stop: () => container.process.stop() };
    }
  }
  const binary = await findRedisBinary(say);
  if (binary === undefined) throw new Error(redisAdvice);
  const redis = await withProgress('starting Redis', say, () =>
    startPrivateRedis({ binary, dataDir: join(dataDir, 'redis') }),
  );
  return { url: redis.url, origin: `private, ${binary}`, stop: () => redis.process.stop() };
}

async function givenRedis(text: string): Promise<ObtainedRedis> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol)) {
    throw new Error('REDIS_URL is not a Redis address. Example: REDIS_URL=redis://127.0.0.1:6379');
  }
  const needsMoreThanPing = url.protocol === 'rediss:' || url.password !== '';
  if (!needsMoreThanPing && !(await answersPing(Number(url.port || 6379), url.hostname))) {
    throw new Error(
      `REDIS_URL names ${url.host}, and no Redis answers there. Start it, or unset REDIS_URL to get a private one.`,
    );
  }
  return { url: text, origin: 'from REDIS_URL', stop: async () => undefined };
}
