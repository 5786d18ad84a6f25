import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findRedisBinary,
  HOW_TO_GET_REDIS,
  type RedisServer,
  startRedisCluster as startServers,
} from '@holdfast/infra';
import { Cluster, type ClusterOptions } from 'ioredis';
import { moveSlot } from './move-slot.js';
import type { TestRedis } from './start-redis.js';
import { waitFor } from './wait-for.js';

/** How long a connection may take on a busy machine. */
const CONNECT_TIMEOUT_MS = 30_000;

/** One master of the cluster, with the faults a test injects. */
export interface TestRedisNode extends TestRedis {
  readonly host: string;
}

/** How a connection differs from the default one. */
export type ConnectOptions = Pick<ClusterOptions, 'natMap' | 'enableOfflineQueue' | 'clusterRetryStrategy'>;

/** A real Redis Cluster of one test's own. */
export interface TestRedisCluster {
  /** Three masters without replicas; the slots are shared out evenly, in this order. */
  readonly nodes: readonly TestRedisNode[];
  /** The value for a service's `REDIS_URL`: `redis+cluster://host:port,host:port,host:port`. */
  readonly url: string;
  /** A connection of the caller's own, ready; `disconnect` ends it. */
  connect(options?: ConnectOptions): Promise<Cluster>;
  /** Starts a replica of the first master; resolves once it is in step and every node knows it. `stop` ends it too. */
  replicateFirst(): Promise<TestRedisNode>;
  /** The same of another master, by its place in `nodes`. */
  replicate(master: number): Promise<TestRedisNode>;
  /** Moves the slot of the key with its contents to another master, like an operator. */
  moveSlot(key: string): Promise<void>;
  /** Ends all of them. */
  stop(): Promise<void>;
}

/**
 * Starts a real Redis Cluster; resolves once every node says that the cluster works. A master that is gone takes only its own
 * slots with it (`cluster-require-full-coverage no`). `args` are for every server.
 */
export async function startRedisCluster(args: readonly string[] = []): Promise<TestRedisCluster> {
  const binary = findRedisBinary();
  if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-cluster-'));
  const started = await startServers({ binary, dir, temporary: true, replicas: 0, args });
  const nodes = started.servers.map(withHost);
  const replicate = async (master: number): Promise<TestRedisNode> => {
    const server = started.servers[master];
    if (server === undefined) throw new Error(`there is no master ${master}`);
    return withHost(await started.replicate(server));
  };
  return {
    nodes,
    url: started.url,
    async connect(options = {}) {
      const cluster = new Cluster(
        nodes.map(({ host, port }) => ({ host, port })),
        options,
      );
      cluster.on('error', () => undefined);
      await waitFor(() => cluster.status === 'ready', { timeoutMs: CONNECT_TIMEOUT_MS });
      return cluster;
    },
    replicateFirst: () => replicate(0),
    replicate,
    moveSlot: (key) => moveSlot(nodes, key),
    stop: () => started.stop(),
  };
}

function withHost(server: RedisServer): TestRedisNode {
  return Object.assign(server, { host: '127.0.0.1' });
}
