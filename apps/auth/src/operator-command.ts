import { once } from 'node:events';
import { connectRedis, loadConfig, redisEnv, serviceEnv, sessionEnv, sessionOptions } from '@holdfast/service';
import type { SessionOptions } from '@holdfast/session';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** Where users and their sessions are. */
export type Place = SessionOptions & { readonly prefix: string };

/**
 * A command of an operator about one user, whose name is its only argument. `act` resolves to the line to print, or to undefined if no
 * user has that name. Sets the exit code: 1 with a reason on stderr when it could not be done.
 */
export async function operatorCommand(
  name: string,
  says: string,
  act: (redis: Redis, place: Place, username: string) => Promise<string | undefined>,
): Promise<void> {
  const [username, ...rest] = process.argv.slice(2);
  if (username === undefined || username.startsWith('-') || rest.length > 0) {
    process.stderr.write(`usage: npm run ${name} -w @holdfast/auth -- <username>
${says} Reads the environment of the auth service: REDIS_URL, KEY_PREFIX, SESSION_STORE.
`);
    process.exitCode = 1;
    return;
  }
  const config = loadConfig(z.object({ ...serviceEnv, ...redisEnv, ...sessionEnv }));
  const redis = connectRedis({ url: config.REDIS_URL });
  let refused: Error | undefined;
  redis.on('error', (error) => {
    refused = error;
  });
  try {
    // Rejects when Redis refuses.
    await once(redis, 'ready');
    const done = await act(redis, { ...sessionOptions(config, redis), prefix: config.KEY_PREFIX }, username);
    if (done === undefined)
      throw new Error(`No user has the name ${username} (KEY_PREFIX=${config.KEY_PREFIX}): check both`);
    process.stdout.write(`${done}\n`);
  } catch (error) {
    if (refused !== undefined) process.stderr.write(`Redis at REDIS_URL did not answer: ${refused.message}\n`);
    else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    redis.disconnect();
  }
}
