import { Cluster, Redis } from 'ioredis';
import type { RedisClient } from '../outbox.js';
import { RedisDeadLetters } from './redis-dead-letters.js';

const usage = `usage: npm run dead-letters -w @holdfast/events -- list | replay <id> | replay --all
Reads REDIS_URL (redis://host:port or redis+cluster://host:port,host:port) and KEY_PREFIX (default hf:).
`;

const { REDIS_URL, KEY_PREFIX = 'hf:' } = process.env;
const [command, id] = process.argv.slice(2);
if (REDIS_URL === undefined || (command !== 'list' && !(command === 'replay' && id !== undefined))) {
  process.stderr.write(REDIS_URL === undefined ? `Set REDIS_URL to the address of Redis.\n${usage}` : usage);
  process.exit(1);
}

const redis = connect(REDIS_URL);
// The command that fails says why.
redis.on('error', () => undefined);
try {
  const letters = new RedisDeadLetters(redis, KEY_PREFIX);
  if (command === 'list') {
    for (const letter of await letters.list()) process.stdout.write(`${JSON.stringify(letter)}\n`);
  } else {
    const most = Number.MAX_SAFE_INTEGER;
    const ids = id === '--all' ? (await letters.list(most)).map((letter) => letter.id) : [id ?? ''];
    for (const each of ids) {
      const found = await letters.replay(each);
      process.stdout.write(found ? `replayed ${each}\n` : `no dead letter ${each}\n`);
      if (!found) process.exitCode = 1;
    }
  }
} catch (error) {
  process.stderr.write(`Redis did not answer: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  redis.disconnect();
}

function connect(url: string): RedisClient {
  if (!/^rediss?\+cluster:/.test(url)) return new Redis(url, { maxRetriesPerRequest: 1 });
  const [first = '', ...others] = url.replace('+cluster', '').split(',');
  const { protocol, username, password } = new URL(first);
  return new Cluster([first, ...others.map((server) => `${protocol}//${server}`)], {
    clusterRetryStrategy: () => null,
    redisOptions: {
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  });
}
