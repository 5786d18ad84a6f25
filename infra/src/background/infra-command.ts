import { join } from 'node:path';
import { obtainKafkaProgram } from '../kafka/kafka-program.js';
import { startKafkaServer } from '../kafka/kafka-server.js';
import { sayOnStderr, withProgress } from '../progress.js';
import { installRedis } from '../redis/obtain-redis.js';
import { findRedisBinary, howToGetRedis } from '../redis/redis-binary.js';
import { startRedisServer } from '../redis/redis-server.js';
import { type BackgroundProcess, endBackground, recall, remember } from './background-process.js';

/** The servers that can be had alone. */
export const serverNames = ['redis', 'kafka'] as const;
export type ServerName = (typeof serverNames)[number];

const usage = 'Usage: npm run infra -- up|down redis|kafka';

/**
 * `up` starts the server in the background, or finds the one it started before, and prints the variable that points programs
 * to it; `down` ends it. Resolves with the exit code.
 */
export async function infraCommand(args: readonly string[], dataDir: string): Promise<number> {
  const [action, name, ...rest] = args;
  const server = serverNames.find((known) => known === name);
  if (server === undefined || rest.length > 0 || (action !== 'up' && action !== 'down')) {
    sayOnStderr(usage);
    return 1;
  }
  if (action === 'down') {
    sayOnStderr((await endBackground(dataDir, server)) ? `${server} ended` : `${server} was not running`);
    return 0;
  }
  const known = recall(dataDir, server);
  const running = known ?? (await withProgress(`starting ${server}`, sayOnStderr, () => starters[server](dataDir)));
  if (known === undefined) remember(dataDir, server, running);
  process.stdout.write(`${server === 'redis' ? 'REDIS_URL' : 'KAFKA_BROKERS'}=${running.address}\n`);
  return 0;
}

const starters: Record<ServerName, (dataDir: string) => Promise<BackgroundProcess>> = {
  async redis(dataDir) {
    const binary = findRedisBinary() ?? (await installRedis(sayOnStderr));
    if (binary === undefined) throw new Error(howToGetRedis);
    // Not the folder of `npm start`: two servers on one append-only file would destroy it.
    const redis = await startRedisServer({ binary, dir: join(dataDir, 'up', 'redis'), background: true });
    return { pid: redis.pid, address: redis.url };
  },
  async kafka(dataDir) {
    const program = await obtainKafkaProgram(dataDir);
    const kafka = await startKafkaServer({ program, dir: join(dataDir, 'up', 'kafka'), background: true });
    return { pid: kafka.pid, address: kafka.brokers };
  },
};
