import { freePort } from '@holdfast/fleet';
import { Cluster, type ClusterOptions, Redis } from 'ioredis';
import { moveSlot } from './move-slot.js';
import { startRedis, type TestRedis } from './start-redis.js';
import { waitFor } from './wait-for.js';

const SLOTS = 16_384;
const MASTERS = 3;
/** How long the servers may take on a busy machine until all know each other. */
const AGREE_TIMEOUT_MS = 30_000;

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
  const started: Started[] = [];
  try {
    for (let n = 0; n < MASTERS; n++) started.push(await startNode(args));
    await join(started);
  } catch (error) {
    await Promise.all(started.map(({ node }) => node.stop()));
    throw error;
  }
  const nodes = started.map(({ node }) => node);
  const replicate = async (master: number): Promise<TestRedisNode> => {
    const replica = await startNode(args);
    started.push(replica);
    await follow(replica, started, master);
    return replica.node;
  };
  return {
    nodes,
    url: `redis+cluster://${nodes.map(({ host, port }) => `${host}:${port}`).join(',')}`,
    async connect(options = {}) {
      const cluster = new Cluster(
        nodes.map(({ host, port }) => ({ host, port })),
        options,
      );
      cluster.on('error', () => undefined);
      await waitFor(() => cluster.status === 'ready', { timeoutMs: AGREE_TIMEOUT_MS });
      return cluster;
    },
    replicateFirst: () => replicate(0),
    replicate,
    moveSlot: (key) => moveSlot(nodes, key),
    async stop() {
      await Promise.all(started.map(({ node }) => node.stop()));
    },
  };
}

interface Started {
  readonly node: TestRedisNode;
  readonly bus: number;
}

async function startNode(args: readonly string[]): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    // By default the bus listens 10 000 above the port, which may exceed the last port.
    const bus = await freePort();
    const clusterArgs = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'];
    // Without this, a master waits five seconds for more replicas before the first one may copy.
    const quickly = ['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'];
    try {
      const redis = await startRedis({ args: [...clusterArgs, ...quickly, ...args] });
      return { node: Object.assign(redis, { host: '127.0.0.1' }), bus };
    } catch (error) {
      // Another program has taken the port of the bus first.
      if (attempt === 3) throw error;
    }
  }
}

/** Gives each master its share of the slots and introduces it to the first; resolves once all agree. */
async function join(started: readonly Started[]): Promise<void> {
  const admins = started.map(({ node }) => new Redis(node.port, node.host));
  const [first] = started;
  try {
    for (const [n, admin] of admins.entries()) {
      const [from, next] = [n, n + 1].map((share) => Math.floor((SLOTS * share) / admins.length));
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (next ?? SLOTS) - 1);
      if (first !== undefined && n > 0)
        await admin.call('CLUSTER', 'MEET', first.node.host, first.node.port, first.bus);
    }
    const agreed = async () => {
      const infos = await Promise.all(admins.map((admin) => admin.cluster('INFO')));
      const signs = ['cluster_state:ok', `cluster_known_nodes:${admins.length}`, `cluster_slots_ok:${SLOTS}`];
      return infos.every((info) => signs.every((sign) => String(info).includes(sign)));
    };
    await waitFor(agreed, { timeoutMs: AGREE_TIMEOUT_MS, what: 'every node says that the cluster works' });
  } finally {
    for (const admin of admins) admin.disconnect();
  }
}

/** Makes the replica one of that master's. */
async function follow(replica: Started, all: readonly Started[], masterAt: number): Promise<void> {
  const admins = [replica, ...all.filter((each) => each !== replica)].map(
    ({ node }) => new Redis(node.port, node.host),
  );
  const [own, master] = [admins[0], admins[masterAt + 1]];
  const [first] = all;
  if (own === undefined || master === undefined || first === undefined) throw new Error('there is no master');
  const allSay = async (sign: RegExp) => {
    const views = await Promise.all(admins.map((admin) => admin.call('CLUSTER', 'NODES')));
    return views.every((view) => sign.test(String(view)));
  };
  try {
    const [id, masterId] = [await own.call('CLUSTER', 'MYID'), await master.call('CLUSTER', 'MYID')].map(String);
    await own.call('CLUSTER', 'MEET', first.node.host, first.node.port, first.bus);
    const met = async () =>
      (await allSay(new RegExp(`^${id} `, 'm'))) && (await allSay(new RegExp(`^${masterId} `, 'm')));
    await waitFor(met, { timeoutMs: AGREE_TIMEOUT_MS, what: 'every node knows the replica' });
    await own.call('CLUSTER', 'REPLICATE', masterId ?? '');
    const inStep = async () => String(await own.info('replication')).includes('master_link_status:up');
    await waitFor(inStep, { timeoutMs: AGREE_TIMEOUT_MS, what: 'the replica is in step' });
    const ranked = () => allSay(new RegExp(`^${id} .*slave ${masterId} `, 'm'));
    await waitFor(ranked, { timeoutMs: AGREE_TIMEOUT_MS, what: 'every node knows whose replica it is' });
  } finally {
    for (const admin of admins) admin.disconnect();
  }
}
