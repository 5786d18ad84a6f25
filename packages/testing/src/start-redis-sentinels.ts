import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from './start-redis.js';
import { waitFor } from './wait-for.js';

/** After this long without an answer the Sentinels of `startSentinels` take the master for down. */
export const DOWN_AFTER_MS = 1000;

/** Real Redis with Sentinels, of one test's own. */
export interface TestSentinels {
  /** The value for a service's `REDIS_URL`. */
  readonly url: string;
  readonly master: TestRedis;
  readonly replica: TestRedis;
  /** A connection of the caller's own, which follows the master; `disconnect` ends it. */
  connect(): Redis;
  /** Port of the master as the Sentinel that clients ask first knows it. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

/** How they differ from the default ones. */
export interface SentinelsOptions {
  /** More arguments of master and replica. */
  readonly args?: readonly string[];
  /** Resolves with a port that leads to this one: replica and Sentinels then reach the master through it, clients do not. */
  readonly inFront?: (masterPort: number) => Promise<number>;
}

/** A master, a replica in step with it, and three real Sentinels that agree by two. */
export async function startSentinels({ args: more = [], inFront }: SentinelsOptions = {}): Promise<TestSentinels> {
  // Without this, a master waits five seconds for more replicas before the first one may copy.
  const args = ['--repl-diskless-sync-delay', '0', ...more];
  const master = await startRedis({ args });
  const seenPort = (await inFront?.(master.port)) ?? master.port;
  const replica = await startRedis({ args: ['--replicaof', `127.0.0.1 ${seenPort}`, ...args] });
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-sentinel-'));
  const sentinels: Array<{ child: ChildProcess; port: number }> = [];
  for (let n = 0; n < 3; n += 1) sentinels.push(await startSentinel(directory, seenPort));
  const first = new Redis(sentinels[0]?.port ?? 0, '127.0.0.1');
  first.on('error', () => undefined);
  await waitFor(
    async () => {
      const [others, replicas] = [await count(first, 'sentinels'), await count(first, 'replicas')];
      return others === 2 && replicas === 1;
    },
    { timeoutMs: 20_000 },
  );
  await inStep(master.port);
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/main`,
    master,
    replica,
    connect: () =>
      new Redis({
        name: 'main',
        sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
        natMap: { [`127.0.0.1:${seenPort}`]: { host: '127.0.0.1', port: master.port } },
        enableOfflineQueue: false,
        retryStrategy: () => 50,
        sentinelRetryStrategy: () => 50,
      }),
    async masterPort() {
      const address = (await first.call('SENTINEL', 'get-master-addr-by-name', 'main')) as string[];
      return Number(address[1]);
    },
    async stop() {
      first.disconnect();
      for (const { child } of sentinels) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await Promise.all([master.stop(), replica.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves once the only replica has copied the master's data: Sentinels know it from the moment it asks for them. */
async function inStep(masterPort: number): Promise<void> {
  const client = new Redis(masterPort, '127.0.0.1');
  client.on('error', () => undefined);
  await waitFor(async () => (await client.info('replication')).includes('state=online'), { timeoutMs: 20_000 });
  client.disconnect();
}

async function startSentinel(directory: string, masterPort: number) {
  const port = await freePort();
  // Sentinel insists on a file of its own that it can write to.
  const file = join(directory, `${port}.conf`);
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor main 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`,
      'sentinel failover-timeout main 5000',
    ].join('\n'),
  );
  return { child: spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }), port };
}

async function count(sentinel: Redis, what: 'sentinels' | 'replicas'): Promise<number> {
  return ((await sentinel.call('SENTINEL', what, 'main')) as unknown[]).length;
}
