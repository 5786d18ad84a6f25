import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { Cluster, Redis } from 'ioredis';

const SLOTS = 16_384;

export interface TestCluster {
  readonly servers: readonly TestRedis[];
  connect(): Promise<Cluster>;
  stop(): Promise<void>;
}

/** Three masters, no replicas, the slots shared out evenly. */
export async function startRedisCluster(): Promise<TestCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const servers = await Promise.all([1, 2, 3].map(() => startRedis({ args })));
  const admins = servers.map(({ port }) => new Redis(port, '127.0.0.1'));
  const first = servers[0]?.port ?? 0;
  for (const [n, admin] of admins.entries()) {
    const from = Math.floor((SLOTS * n) / admins.length);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.floor((SLOTS * (n + 1)) / admins.length) - 1);
    if (n > 0) await admin.call('CLUSTER', 'MEET', '127.0.0.1', first);
  }
  await waitFor(
    async () => {
      const infos = await Promise.all(admins.map((admin) => admin.cluster('INFO')));
      return infos.every((info) => info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3'));
    },
    { timeoutMs: 20_000 },
  );
  for (const admin of admins) admin.disconnect();
  return {
    servers,
    async connect() {
      const cluster = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
      cluster.on('error', () => undefined);
      await waitFor(() => cluster.status === 'ready');
      return cluster;
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
