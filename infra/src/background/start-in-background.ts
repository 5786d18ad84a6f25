import { startKafkaCluster } from '../kafka/kafka-cluster.js';
import { obtainKafkaProgram } from '../kafka/kafka-program.js';
import { startKafkaServer } from '../kafka/kafka-server.js';
import { startMemcachedServer } from '../memcached/memcached-server.js';
import { HOW_TO_GET_MEMCACHED, obtainMemcachedBinary } from '../memcached/obtain-memcached.js';
import { sayOnStderr } from '../progress.js';
import { installRedis } from '../redis/obtain-redis.js';
import { findRedisBinary, HOW_TO_GET_REDIS } from '../redis/redis-binary.js';
import { highlyAvailable, startRedisProfile } from '../redis/redis-profile.js';
import { startRedisServer } from '../redis/redis-server.js';
import { obtainToxiproxy } from '../toxiproxy/obtain-toxiproxy.js';
import { startToxiproxyServer } from '../toxiproxy/toxiproxy-server.js';
import type { BackgroundServers } from './background-process.js';
import type { ServerForm } from './server-arguments.js';

/**
 * Starts a server that lives on after us, with its data in `dir`: not the folder of `npm start`, because two servers on one
 * append-only file would destroy it.
 */
export function startInBackground(
  { server, value }: ServerForm,
  dir: string,
  dataDir: string,
): Promise<BackgroundServers> {
  const background = true;
  const starters: Record<ServerForm['server'], () => Promise<BackgroundServers>> = {
    async redis() {
      const profile = highlyAvailable.find((each) => each === value);
      if (profile !== undefined) {
        const { address, servers } = await startRedisProfile(profile, { dir, background }, sayOnStderr);
        return { address, pids: servers.map((each) => each.server.pid) };
      }
      const binary = findRedisBinary() ?? (await installRedis(sayOnStderr));
      if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
      const redis = await startRedisServer({ binary, dir, background });
      return { pids: [redis.pid], address: redis.url };
    },
    async kafka() {
      const program = await obtainKafkaProgram(dataDir);
      if (value !== undefined) {
        const { brokers, servers } = await startKafkaCluster({ program, dir, background });
        return { pids: servers.map(({ pid }) => pid), address: brokers };
      }
      const kafka = await startKafkaServer({ program, dir, background });
      return { pids: [kafka.pid], address: kafka.brokers };
    },
    async memcached() {
      const binary = await obtainMemcachedBinary();
      if (binary === undefined) throw new Error(HOW_TO_GET_MEMCACHED);
      const memcached = await startMemcachedServer({ binary, dir, background });
      return { pids: [memcached.pid], address: memcached.url };
    },
    async toxiproxy() {
      const { binary } = await obtainToxiproxy(dataDir);
      const toxiproxy = await startToxiproxyServer({ binary, dir, background });
      return { pids: [toxiproxy.pid], address: toxiproxy.url };
    },
  };
  return starters[server]();
}
