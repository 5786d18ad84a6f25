import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { type ServerProcess, startServerProcess } from '../server/server-process.js';
import { ServerSet, type SetPlace } from '../server/server-set.js';
import { until } from '../until.js';
import { askRedis } from './ask-redis.js';
import { atRedis } from './at-redis.js';
import { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.js';

/** The master's name in the Sentinels' configuration. */
const MASTER = 'main';
const SENTINELS = [1, 2, 3];
const CONFIG = 'sentinel.conf';
/** Without this, a master waits five seconds for more replicas before the first one may copy. */
const COPY_AT_ONCE = ['--repl-diskless-sync-delay', '0'];

/** How to run a Redis with Sentinels of our own. */
export interface RedisSentinelsOptions extends SetPlace, Pick<RedisServerOptions, 'binary' | 'args'> {
  /** Default 2, so that one is left after a failover. */
  readonly replicas?: number;
  /** After this long without an answer a Sentinel takes the master for down. Default 2000. */
  readonly downAfterMs?: number;
  /** Resolves with a port that leads to this one: replicas and Sentinels then reach the master through it, clients do not. */
  readonly inFront?: ((masterPort: number) => Promise<number>) | undefined;
}

/** A Redis with replicas, and three Sentinels that agree by two. */
export interface RedisSentinels {
  /** The value for a service's `REDIS_URL`: `redis+sentinel://host:port,host:port,host:port/main`. */
  readonly url: string;
  /** The port that replicas and Sentinels know as that of the first master. */
  readonly seenPort: number;
  /** Master and replicas; the master of the start is the first. */
  readonly servers: readonly [RedisServer, ...RedisServer[]];
  readonly sentinels: readonly ServerProcess[];
  /** Port of the master as the Sentinel that clients ask first knows it. */
  masterPort(): Promise<number>;
  /** Ends all of them. */
  stop(): Promise<void>;
}

/**
 * Starts them on free ports; resolves once every replica is in step and every Sentinel knows all others. On a folder that was used
 * before, the server that was master last is master again.
 */
export async function startRedisSentinels(options: RedisSentinelsOptions): Promise<RedisSentinels> {
  const { dir, replicas = 2 } = options;
  return ServerSet.start(options, async (set) => {
    const places = Array.from({ length: replicas + 1 }, (_, n) => n + 1);
    const first = places.splice(lastMaster(dir), 1)[0] ?? 1;
    const master = set.add(await startNode(options, first));
    const seenPort = (await options.inFront?.(master.port)) ?? master.port;
    const copies = await Promise.all(
      places.map(async (place) => set.add(await startNode(options, place, `replicaof 127.0.0.1 ${seenPort}\n`))),
    );
    await until('every replica is in step', () => atRedis(master.port, (redis) => hasReplicas(redis, replicas)));
    const ports = Object.fromEntries([[first, master.port], ...places.map((place, n) => [place, copies[n]?.port])]);
    writeFileSync(join(dir, 'ports.json'), JSON.stringify(ports), { mode: 0o600 });
    const sentinels = await Promise.all(SENTINELS.map(async (n) => set.add(await startSentinel(options, n, seenPort))));
    await until('every Sentinel knows the others and the replicas', async () => {
      const known = await Promise.all(
        sentinels.map(({ port }) => atRedis(port, (sentinel) => knowsAll(sentinel, replicas))),
      );
      return known.every(Boolean);
    });
    return {
      url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${MASTER}`,
      seenPort,
      servers: [master, ...copies],
      sentinels,
      masterPort: () => atRedis(sentinels[0]?.port ?? 0, masterPort),
      stop: () => set.stop(),
    };
  });
}

/** The role is in a file of settings, because Sentinels rewrite it there: it then survives a restart. */
function startNode({ dir, ...options }: RedisSentinelsOptions, place: number, role = ''): Promise<RedisServer> {
  const own = join(dir, `redis-${place}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const configFile = join(own, 'redis.conf');
  writeFileSync(configFile, role, { mode: 0o600 });
  return startRedisServer({
    ...{ binary: options.binary, background: options.background, dir: own, configFile },
    args: [...COPY_AT_ONCE, ...(options.args ?? [])],
  });
}

function startSentinel(options: RedisSentinelsOptions, n: number, masterPort: number): Promise<ServerProcess> {
  const dir = join(options.dir, `sentinel-${n}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // Sentinel insists on a file of its own that it can write to.
  const file = join(dir, CONFIG);
  const lines = [
    `dir ${dir}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${options.downAfterMs ?? 2000}`,
    `sentinel failover-timeout ${MASTER} 5000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return startServerProcess(
    {
      name: 'Sentinel',
      binary: options.binary,
      arguments: (port) => [file, '--sentinel', '--port', String(port), '--bind', '127.0.0.1'],
      ask: (port) => askRedis(port, '127.0.0.1', 500),
    },
    { dir, background: options.background },
  );
}

async function hasReplicas(master: Redis, count: number): Promise<boolean> {
  return ((await master.info('replication')).match(/^slave\d+:.*state=online/gm)?.length ?? 0) >= count;
}

async function knowsAll(sentinel: Redis, replicas: number): Promise<boolean> {
  const count = async (what: string) => ((await sentinel.call('SENTINEL', what, MASTER)) as unknown[]).length;
  return (await count('sentinels')) === SENTINELS.length - 1 && (await count('replicas')) === replicas;
}

async function masterPort(sentinel: Redis): Promise<number> {
  const address = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', MASTER)) as string[];
  return Number(address[1]);
}

/** Index of the server that was the master of the last run, as the Sentinels wrote it down: the latest of their failovers counts. */
function lastMaster(dir: string): number {
  const views = SENTINELS.map((n) => {
    const text = read(join(dir, `sentinel-${n}`, CONFIG));
    const numberIn = (line: RegExp) => Number(line.exec(text)?.[1] ?? 0);
    return {
      port: numberIn(/^sentinel monitor \S+ \S+ (\d+)/m),
      epoch: numberIn(/^sentinel config-epoch \S+ (\d+)/m),
    };
  });
  const latest = views.sort((one, other) => other.epoch - one.epoch)[0]?.port;
  const ports = JSON.parse(read(join(dir, 'ports.json')) || '{}') as Record<string, number>;
  const place = Object.keys(ports).find((each) => ports[each] === latest);
  return place === undefined ? 0 : Number(place) - 1;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
