import { connect } from 'node:net';
import { join } from 'node:path';
import type { ControlledProcess } from '@holdfast/fleet';
import { startKafkaCluster } from '../kafka/kafka-cluster.js';
import { obtainKafkaProgram } from '../kafka/kafka-program.js';
import { startKafkaServer } from '../kafka/kafka-server.js';
import { obtainMemcached } from '../memcached/obtain-memcached.js';
import { type Say, withProgress } from '../progress.js';
import { askRedis } from '../redis/ask-redis.js';
import { obtainRedis } from '../redis/obtain-redis.js';
import {
  type HighlyAvailable,
  type NamedServer,
  type RedisProfile,
  startRedisProfile,
} from '../redis/redis-profile.js';
import { type WatchedStore, watchMemcached, watchOneOf, watchRedis } from '../server/watched-store.js';
import { type RedisProxy, startRedisProxy } from '../toxiproxy/redis-proxy.js';
import type { CleanUp } from './clean-up.js';

/** The stores of a system. */
export interface StoresToStart {
  readonly dataDir: string;
  /** A fleet keeps sessions in Memcached. */
  readonly memcached: boolean;
  /** Services reach Redis through Toxiproxy, which can delay it. */
  readonly redisProxy: boolean;
  /** `sentinel` and `cluster`: several servers of our own. */
  readonly redis: RedisProfile;
  /** Brokers of our own that carry the events; 0: none. */
  readonly kafka: 0 | 1 | 3;
}

/** The stores of a running system. */
export interface StartedStores {
  readonly watched: readonly WatchedStore[];
  /** The variables by which services find them. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes that only serve the stores. */
  readonly helpers: readonly ControlledProcess[];
}

/** Finds or starts Redis and the other wanted stores; `cleanUp` learns how to end each. */
export async function startStores(wanted: StoresToStart, cleanUp: CleanUp, say: Say): Promise<StartedStores> {
  const { redis: profile } = wanted;
  const redis =
    profile === 'single' ? await startRedis(wanted, cleanUp, say) : await startSeveral(profile, wanted, cleanUp, say);
  const parts = [redis];
  if (wanted.memcached) parts.push(await startMemcached(wanted, cleanUp, say));
  if (wanted.kafka > 0) parts.push(await startKafka(wanted, cleanUp, say));
  return {
    watched: parts.flatMap(({ watched }) => watched),
    env: Object.assign({}, ...parts.map(({ env }) => env)),
    helpers: parts.flatMap(({ helpers }) => helpers),
  };
}

async function startMemcached({ dataDir }: StoresToStart, cleanUp: CleanUp, say: Say): Promise<StartedStores> {
  const memcached = await obtainMemcached(dataDir);
  const watched = watchMemcached(memcached, say);
  cleanUp.add('Memcached', () => watched.stop());
  say(`✓ Memcached ${memcached.origin}`);
  return { watched: [watched], env: { MEMCACHED_URL: memcached.url }, helpers: [] };
}

async function startKafka({ dataDir, kafka }: StoresToStart, cleanUp: CleanUp, say: Say): Promise<StartedStores> {
  const program = await obtainKafkaProgram(dataDir);
  const dir = join(dataDir, kafka === 1 ? 'kafka' : `kafka-${kafka}`);
  const started = await withProgress('starting Kafka', say, async () => {
    if (kafka > 1) return startKafkaCluster({ program, dir });
    const server = await startKafkaServer({ program, dir });
    return { brokers: server.brokers, servers: [server] };
  });
  const servers = started.servers.map((server, n) => ({ id: `kafka-${n + 1}`, app: 'kafka', server }));
  const watched = watchAll(servers, isListening, cleanUp, say);
  say(`✓ Kafka private, ${servers.map(({ id }) => id).join(', ')}`);
  return { watched, env: { KAFKA_BROKERS: started.brokers }, helpers: [] };
}

async function startRedis({ dataDir, redisProxy }: StoresToStart, cleanUp: CleanUp, say: Say): Promise<StartedStores> {
  const redis = await obtainRedis(dataDir);
  let proxy: RedisProxy | undefined;
  const watchedRedis = watchRedis(redis, say, redisProxy ? async (ms) => proxy?.setLatency(ms) : undefined);
  cleanUp.add('Redis', () => watchedRedis.stop());
  say(`✓ Redis ${redis.origin}`);
  if (redisProxy) {
    const started = await startRedisProxy(redis.url, dataDir);
    proxy = started;
    cleanUp.add('Toxiproxy', () => started.stop());
    say('✓ Toxiproxy in front of Redis');
  }
  return {
    watched: [watchedRedis],
    env: { REDIS_URL: proxy?.url ?? redis.url },
    helpers: proxy === undefined ? [] : [proxy],
  };
}

/** Each server can be killed and paused by its own id, `redis-1` or `sentinel-1`. */
async function startSeveral(
  profile: HighlyAvailable,
  { dataDir }: StoresToStart,
  cleanUp: CleanUp,
  say: Say,
): Promise<StartedStores> {
  const dir = join(dataDir, `redis-${profile}`);
  const { address, servers } = await withProgress(`starting Redis (${profile})`, say, () =>
    startRedisProfile(profile, { dir }, say),
  );
  const answers = async (port: number, timeoutMs: number) =>
    (await askRedis(port, '127.0.0.1', timeoutMs)) !== undefined;
  const watched = watchAll(servers, answers, cleanUp, say);
  say(`✓ Redis private, ${servers.map(({ id }) => id).join(', ')}`);
  return { watched, env: { REDIS_URL: address }, helpers: [] };
}

/** Watches servers that are one store to their clients, and ends them together. */
function watchAll(
  servers: readonly NamedServer[],
  answers: (port: number, timeoutMs: number) => Promise<boolean>,
  cleanUp: CleanUp,
  say: Say,
): WatchedStore[] {
  const watched = servers.map((server) => watchOneOf(server, answers, say));
  cleanUp.add(servers.map(({ id }) => id).join(', '), async () => {
    await Promise.all(watched.map((store) => store.stop()));
  });
  return watched;
}

/** Whether something takes connections on this port of loopback. */
function isListening(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    for (const sign of ['error', 'timeout']) socket.once(sign, () => finish(false));
  });
}
