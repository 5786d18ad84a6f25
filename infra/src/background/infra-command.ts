import { join } from 'node:path';
import { writeDeployments } from '../deployments/render.js';
import { obtainKafkaProgram } from '../kafka/kafka-program.js';
import { startKafkaServer } from '../kafka/kafka-server.js';
import { startMemcachedServer } from '../memcached/memcached-server.js';
import { HOW_TO_GET_MEMCACHED, obtainMemcachedBinary } from '../memcached/obtain-memcached.js';
import { sayOnStderr, withProgress } from '../progress.js';
import { installRedis } from '../redis/obtain-redis.js';
import { findRedisBinary, HOW_TO_GET_REDIS } from '../redis/redis-binary.js';
import { startRedisServer } from '../redis/redis-server.js';
import { readOwnSystem } from '../system/own-system.js';
import { obtainToxiproxy } from '../toxiproxy/obtain-toxiproxy.js';
import { startToxiproxyServer } from '../toxiproxy/toxiproxy-server.js';
import { type BackgroundProcess, endBackground, recall, remember } from './background-process.js';

/** The servers that this command can start alone. */
export const serverNames = ['redis', 'kafka', 'memcached', 'toxiproxy'] as const;
export type ServerName = (typeof serverNames)[number];

const usage = `Usage: npm run infra -- up|down ${serverNames.join('|')}
       npm run infra -- render`;

/** The variable that points programs to the server. */
const variables: Record<ServerName, string> = {
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
  memcached: 'MEMCACHED_URL',
  toxiproxy: 'TOXIPROXY_URL',
};

/**
 * `up` starts the server in the background, or finds the one it started before, and prints the variable that points programs
 * to it; `down` ends it. `render` writes the deployments' files anew from the system file. Resolves with the exit code.
 */
export async function infraCommand(args: readonly string[], dataDir: string): Promise<number> {
  const [action, name, ...rest] = args;
  if (action === 'render' && args.length === 1) {
    sayOnStderr(`${writeDeployments(readOwnSystem())} files of infra/deployments/ written`);
    return 0;
  }
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
  process.stdout.write(`${variables[server]}=${running.address}\n`);
  return 0;
}

const starters: Record<ServerName, (dataDir: string) => Promise<BackgroundProcess>> = {
  async redis(dataDir) {
    const binary = findRedisBinary() ?? (await installRedis(sayOnStderr));
    if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
    // This is not the folder of `npm start`, because two servers on one append-only file would destroy it.
    const redis = await startRedisServer({ binary, dir: join(dataDir, 'up', 'redis'), background: true });
    return { pid: redis.pid, address: redis.url };
  },
  async kafka(dataDir) {
    const program = await obtainKafkaProgram(dataDir);
    const kafka = await startKafkaServer({ program, dir: join(dataDir, 'up', 'kafka'), background: true });
    return { pid: kafka.pid, address: kafka.brokers };
  },
  async memcached(dataDir) {
    const binary = await obtainMemcachedBinary();
    if (binary === undefined) throw new Error(HOW_TO_GET_MEMCACHED);
    const memcached = await startMemcachedServer({ binary, dir: join(dataDir, 'up', 'memcached'), background: true });
    return { pid: memcached.pid, address: memcached.url };
  },
  async toxiproxy(dataDir) {
    const { binary } = await obtainToxiproxy(dataDir);
    const toxiproxy = await startToxiproxyServer({ binary, dir: join(dataDir, 'up', 'toxiproxy'), background: true });
    return { pid: toxiproxy.pid, address: toxiproxy.url };
  },
};
