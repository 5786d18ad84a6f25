import { once } from 'node:events';
import { startSentinels, startToxiproxy, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { redisArguments, type Topology, type TopologyOptions, WAIT_MS } from './topology.js';

const PROXY = 'primary';

/** A primary, its replica and three Sentinels. Replica and Sentinels reach the primary through Toxiproxy, clients directly. */
export async function startSentinelTopology(options: TopologyOptions): Promise<Topology> {
  const toxiproxy = await startToxiproxy();
  const { client: toxics } = toxiproxy;
  const sentinels = await startSentinels({
    args: redisArguments(options),
    inFront: async (port) => (await toxics.createProxy(PROXY, `127.0.0.1:${port}`)).port,
  });
  const { master, replica } = sentinels;
  let killed = false;
  const follows = async (port: number): Promise<boolean> => (await roleAt(port)) === 'slave';
  await waitFor(async () => (await linkAt(replica.port)) === 'up', { timeoutMs: 20_000 });
  if (options.lagMs > 0) await toxics.addLatency(PROXY, options.lagMs);
  return {
    async connect() {
      const redis = sentinels.connect();
      redis.on('error', () => undefined);
      await once(redis, 'ready');
      return redis;
    },
    watchCopies(client) {
      const redis = client as Redis;
      const { stream } = redis;
      return async () => (await redis.wait(1, WAIT_MS)) >= 1 && redis.stream === stream;
    },
    async kill() {
      killed = true;
      // Else what is on its way still arrives.
      if (options.lagMs > 0) await toxics.setEnabled(PROXY, false);
      await master.kill();
    },
    cut: () => toxics.setEnabled(PROXY, false),
    mend: () => toxics.setEnabled(PROXY, true),
    async isSettled() {
      if ((await sentinels.masterPort()) !== replica.port || (await roleAt(replica.port)) !== 'master') return false;
      return killed || (await follows(master.port));
    },
    async stop() {
      await sentinels.stop();
      await toxiproxy.stop();
    },
  };
}

async function replicationAt(port: number): Promise<string> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await redis.info('replication');
  } catch {
    return '';
  } finally {
    redis.disconnect();
  }
}

async function roleAt(port: number): Promise<string | undefined> {
  return /^role:(\w+)/m.exec(await replicationAt(port))?.[1];
}

async function linkAt(port: number): Promise<string | undefined> {
  return /^master_link_status:(\w+)/m.exec(await replicationAt(port))?.[1];
}
