import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { ServerSet, type SetPlace } from '../server/server-set.js';
import { until } from '../until.js';
import { atRedis } from './at-redis.js';
import { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.js';

const SLOTS = 16_384;
const MASTERS = 3;

/** How to run a Redis Cluster of our own. */
export interface RedisClusterOptions extends SetPlace, Pick<RedisServerOptions, 'binary' | 'args'> {
  /** Of each master. Default 1. */
  readonly replicas?: number;
}

/** A Redis Cluster with three masters. */
export interface RedisCluster {
  /** The value for a service's `REDIS_URL`: `redis+cluster://host:port,…` with every server. */
  readonly url: string;
  /** The masters of a new cluster, which share out the slots evenly in this order, and then their replicas in the same order. */
  readonly servers: readonly RedisServer[];
  /** Starts one more replica of that master; resolves once it is in step and every server knows it. `stop` ends it too. */
  replicate(master: RedisServer): Promise<RedisServer>;
  /** Ends all of them. */
  stop(): Promise<void>;
}

interface Node {
  readonly server: RedisServer;
  /** The port by which nodes talk to each other. */
  readonly bus: number;
}

/**
 * Starts it on free ports; resolves once every server says that the cluster works, and every replica is in step. A master that is
 * gone takes only its own slots with it (`cluster-require-full-coverage no`). On a folder that was used before, every server has
 * its slots and data again.
 */
export async function startRedisCluster(options: RedisClusterOptions): Promise<RedisCluster> {
  const { dir, replicas = 1 } = options;
  const complete = join(dir, 'complete');
  const isNew = !existsSync(complete);
  // What an interrupted first start left behind has slots without a master.
  if (isNew) rmSync(dir, { recursive: true, force: true });
  return ServerSet.start(options, async (set) => {
    const nodes: Node[] = [];
    const grow = async (): Promise<Node> => {
      const node = await startNode(options, nodes.length + 1);
      set.add(node.server);
      nodes.push(node);
      return node;
    };
    for (let n = 0; n < MASTERS * (1 + replicas); n++) await grow();
    if (isNew) await shareOutSlots(nodes.slice(0, MASTERS));
    await introduce(nodes);
    await until('every server says that the cluster works', () => everyone(nodes, isComplete(nodes.length)));
    if (isNew) {
      await Promise.all(nodes.slice(MASTERS).map((node, n) => follow(node, nodes[n % MASTERS], nodes)));
      writeFileSync(complete, '', { mode: 0o600 });
    }
    await until('every replica is in step', () => everyone(nodes, isInStep));
    return {
      url: `redis+cluster://${nodes.map(({ server }) => `127.0.0.1:${server.port}`).join(',')}`,
      servers: nodes.map(({ server }) => server),
      async replicate(master) {
        const node = await grow();
        await introduce([node, ...nodes.slice(0, 1)]);
        await follow(
          node,
          nodes.find(({ server }) => server === master),
          nodes,
        );
        return node.server;
      },
      stop: () => set.stop(),
    };
  });
}

async function startNode({ dir, binary, background, args = [] }: RedisClusterOptions, place: number): Promise<Node> {
  for (let attempt = 1; ; attempt++) {
    // By default the bus listens 10 000 above the port, which may exceed the last port.
    const bus = await freePort();
    const clusterArgs = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'];
    // Without the delay of 0, a master waits five seconds for more replicas before the first one may copy.
    const more = ['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'];
    try {
      const server = await startRedisServer({
        ...{ binary, background, dir: join(dir, `redis-${place}`) },
        args: [...clusterArgs, ...more, ...args],
      });
      return { server, bus };
    } catch (error) {
      // Another program may have taken the port of the bus first.
      if (attempt === 3) throw error;
    }
  }
}

async function shareOutSlots(masters: readonly Node[]): Promise<void> {
  for (const [n, { server }] of masters.entries()) {
    const [from, next] = [n, n + 1].map((share) => Math.floor((SLOTS * share) / masters.length));
    await atRedis(server.port, (redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (next ?? SLOTS) - 1));
  }
}

/** Each meets each, because those of an earlier run know only ports that are no longer theirs. */
async function introduce(nodes: readonly Node[]): Promise<void> {
  for (const [n, { server }] of nodes.entries()) {
    await atRedis(server.port, async (redis) => {
      for (const other of nodes.slice(n + 1))
        await redis.call('CLUSTER', 'MEET', '127.0.0.1', other.server.port, other.bus);
    });
  }
}

/** Makes the node a replica of that master; resolves once it is in step and every node knows whose replica it is. */
async function follow(node: Node, master: Node | undefined, all: readonly Node[]): Promise<void> {
  if (master === undefined) throw new Error('there is no such master in the cluster');
  const [id, masterId] = await Promise.all([node, master].map(idOf));
  const allSay = (sign: RegExp) => everyone(all, async (port) => sign.test(await viewOf(port)));
  await until('every node knows the replica', () => allSay(new RegExp(`^${id} `, 'm')));
  await until('every node knows the master', () => allSay(new RegExp(`^${masterId} `, 'm')));
  await atRedis(node.server.port, (redis) => redis.call('CLUSTER', 'REPLICATE', masterId ?? ''));
  await until('the replica is in step', () => isInStep(node.server.port));
  await until('every node knows whose replica it is', () => allSay(new RegExp(`^${id} .*slave ${masterId} `, 'm')));
}

async function everyone(nodes: readonly Node[], says: (port: number) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(nodes.map(({ server }) => says(server.port)))).every(Boolean);
}

function isComplete(nodes: number): (port: number) => Promise<boolean> {
  const signs = ['cluster_state:ok', `cluster_known_nodes:${nodes}`, `cluster_slots_ok:${SLOTS}`];
  return async (port) => {
    const info = String(await atRedis(port, (redis) => redis.call('CLUSTER', 'INFO')));
    return signs.every((sign) => info.includes(sign));
  };
}

/** True of a master, and of a replica that has copied its master. */
async function isInStep(port: number): Promise<boolean> {
  const info = await atRedis(port, (redis) => redis.info('replication'));
  return !info.includes('role:slave') || info.includes('master_link_status:up');
}

async function idOf({ server }: Node): Promise<string> {
  return String(await atRedis(server.port, (redis) => redis.call('CLUSTER', 'MYID')));
}

async function viewOf(port: number): Promise<string> {
  return String(await atRedis(port, (redis) => redis.call('CLUSTER', 'NODES')));
}
