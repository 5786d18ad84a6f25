import type { Say } from '../progress.js';
import type { ServerProcess } from '../server/server-process.js';
import { installRedis } from './obtain-redis.js';
import { findRedisBinary } from './redis-binary.js';
import { startRedisCluster } from './redis-cluster.js';
import { startRedisSentinels } from './redis-sentinels.js';

/** Several servers that are one Redis to its clients. */
export const highlyAvailable = ['sentinel', 'cluster'] as const;
export type HighlyAvailable = (typeof highlyAvailable)[number];

/** How Redis runs; `single`: one server. */
export type RedisProfile = 'single' | HighlyAvailable;

/** One of its servers. */
export interface NamedServer {
  /** Its id in the control API, e.g. `redis-1`. */
  readonly id: string;
  /** The kind of server: `redis`, `sentinel`, `kafka`. */
  readonly app: string;
  readonly server: ServerProcess;
}

/** A set of servers that are one to their clients. */
export interface StartedServers {
  /** The value of the variable by which clients find it. */
  readonly address: string;
  readonly servers: readonly NamedServer[];
  /** Ends all of them. */
  stop(): Promise<void>;
}

/**
 * Starts a master, two replicas and three Sentinels, or three masters with a replica each. Rejects with one sentence that says how
 * to get Redis where no server program is installed: a single Redis in Docker would not do.
 */
export async function startRedisProfile(
  profile: HighlyAvailable,
  place: { readonly dir: string; readonly background?: boolean },
  say: Say,
): Promise<StartedServers> {
  const binary = findRedisBinary() ?? (await installRedis(say));
  if (binary === undefined) {
    throw new Error(
      `A Redis with the profile ${profile} needs redis-server 7 or newer on this machine: install it (Debian: apt-get install redis-server, macOS: brew install redis).`,
    );
  }
  const started =
    profile === 'cluster'
      ? { ...(await startRedisCluster({ ...place, binary })), sentinels: [] }
      : await startRedisSentinels({ ...place, binary });
  return {
    address: started.url,
    servers: [...named('redis', started.servers), ...named('sentinel', started.sentinels)],
    stop: () => started.stop(),
  };
}

function named(app: string, servers: readonly ServerProcess[]): NamedServer[] {
  return servers.map((server, n) => ({ id: `${app}-${n + 1}`, app, server }));
}
