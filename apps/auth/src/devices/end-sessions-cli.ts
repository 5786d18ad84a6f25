import { once } from 'node:events';
import { connectRedis, loadConfig, redisEnv, serviceEnv, sessionEnv, sessionOptions } from '@holdfast/service';
import { z } from 'zod';
import { endSessions } from './end-sessions.js';

const [username, ...rest] = process.argv.slice(2);
if (username === undefined || username.startsWith('-') || rest.length > 0) {
  process.stderr.write(`usage: npm run end-sessions -w @holdfast/auth -- <username>
Signs a user out everywhere. Reads the environment of the auth service: REDIS_URL, KEY_PREFIX, SESSION_STORE.
`);
  process.exit(1);
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
  const ended = await endSessions(redis, { ...sessionOptions(config, redis), prefix: config.KEY_PREFIX }, username);
  if (ended === undefined)
    throw new Error(`No user has the name ${username} (KEY_PREFIX=${config.KEY_PREFIX}): check both`);
  process.stdout.write(`${ended} ended\n`);
} catch (error) {
  if (refused !== undefined) process.stderr.write(`Redis at REDIS_URL did not answer: ${refused.message}\n`);
  else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  redis.disconnect();
}
