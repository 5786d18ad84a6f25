import { atRedis } from '@holdfast/infra';
import { startRedisCluster, startToxiproxy, waitFor } from '@holdfast/testing';
import type { Cluster } from 'ioredis';
import { redisArguments, type Topology, type TopologyOptions, WAIT_MS } from './topology.js';

/**
 * Three primaries with a replica each. A primary tells the others a port of Toxiproxy as its own, so that its replica reaches it
 * through that; clients know which port is meant. The bus, by which nodes elect, is not delayed and cannot be cut.
 */
export async function startClusterTopology(options: TopologyOptions): Promise<Topology> {
  const toxiproxy = await startToxiproxy();
  const { client: toxics } = toxiproxy;
  const cluster = await startRedisCluster();
  const { nodes } = cluster;
  const natMap: Record<string, { host: string; port: number }> = {};
  for (const { port } of nodes) {
    const seen = await toxics.createProxy(`primary-${port}`, `127.0.0.1:${port}`);
    natMap[`127.0.0.1:${seen.port}`] = { host: '127.0.0.1', port };
    await atRedis(port, (redis) => redis.config('SET', 'cluster-announce-port', seen.port));
  }
  const seenPorts = Object.keys(natMap).map((address) => Number(address.split(':')[1]));
  await waitFor(async () => (await Promise.all(nodes.map(({ port }) => knows(port, seenPorts)))).every(Boolean), {
    timeoutMs: 30_000,
    what: 'every node knows the ports of Toxiproxy',
  });
  const replicas = [await cluster.replicate(0), await cluster.replicate(1), await cluster.replicate(2)];
  const [first] = nodes;
  const [heir] = replicas;
  if (first === undefined || heir === undefined) throw new Error('the cluster has no primary');
  for (const { port } of nodes) {
    if (options.lagMs > 0) await toxics.addLatency(`primary-${port}`, options.lagMs);
  }
  for (const { port } of [...nodes, ...replicas]) {
    const [, set, , lag] = redisArguments(options);
    if (set === undefined || lag === undefined) continue;
    await atRedis(port, (redis) => redis.config('SET', 'min-replicas-max-lag', lag));
    await atRedis(port, (redis) => redis.config('SET', 'min-replicas-to-write', set));
  }
  return {
    connect: () => cluster.connect({ natMap, enableOfflineQueue: false, clusterRetryStrategy: () => 50 }),
    watchCopies(client) {
      const primaries = () => (client as Cluster).nodes('master');
      const streams = new Map(primaries().map((node) => [node, node.stream]));
      return async () => {
        // Which node has the session only the store knows: nodes to which this connection wrote nothing answer at once.
        const copies = await Promise.all(primaries().map((node) => node.wait(1, WAIT_MS)));
        const same = primaries().filter((node) => node.stream !== undefined && node.stream === streams.get(node));
        return copies.every((count) => count >= 1) && same.length === streams.size;
      };
    },
    async kill() {
      if (options.lagMs > 0) await toxics.setEnabled(`primary-${first.port}`, false);
      await first.kill();
    },
    cut: () => Promise.reject(new Error('the bus of a Cluster cannot be cut')),
    mend: async () => undefined,
    async isSettled() {
      return (await atRedis(heir.port, (redis) => redis.info('replication')).catch(() => '')).includes('role:master');
    },
    async stop() {
      await cluster.stop();
      await toxiproxy.stop();
    },
  };
}

async function knows(port: number, seenPorts: readonly number[]): Promise<boolean> {
  const view = String(await atRedis(port, (redis) => redis.call('CLUSTER', 'NODES')));
  return seenPorts.every((seen) => view.includes(`127.0.0.1:${seen}@`));
}
