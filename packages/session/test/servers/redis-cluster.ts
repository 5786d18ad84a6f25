import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { Cluster, Redis } from 'ioredis';
import { freePort } from './free-port.js';

const SLOTS = 16_384;

export interface TestCluster {
  readonly servers: readonly TestRedis[];
  connect(): Promise<Cluster>;
  stop(): Promise<void>;
}

/** Three masters, no replicas, the slots shared out evenly. */
export async function startRedisCluster(): Promise<TestCluster> {
  const servers: TestRedis[] = [];
  // By default the bus listens 10 000 above the port, where there may be no port any more.
  const buses = [await freePort(), await freePort(), await freePort()];
  for (const bus of buses) {
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port', String(bus)];
    servers.push(await startRedis({ args }));
  }
  const admins = servers.map(({ port }) => new Redis(port, '127.0.0.1'));
  const first = servers[0]?.port ?? 0;
  for (const [n, admin] of admins.entries()) {
    const from = Math.floor((SLOTS * n) / admins.length);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.floor((SLOTS * (n + 1)) / admins.length) - 1);
    if (n > 0) await admin.call('CLUSTER', 'MEET', '127.0.0.1', first, buses[0] ?? 0);
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
