import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { SessionConfigError } from '../errors/session-error.js';
import type { IoredisClient } from './redis-client.js';
import { backOffMs, type Hash, type ListeningConnection, type RedisPort } from './redis-port.js';

const TOPOLOGY_CHANGES = ['+node', '-node', 'ready'] as const;

const LISTENING: RedisOptions = {
  // ioredis drops invalidation pushes under RESP3; under RESP2 they come as messages. ioredis 5 speaks only RESP2.
  protocol: 2,
  replyMapping: 'legacy',
  // The listener subscribes again on 'ready', since it has more to do then than to subscribe.
  autoResubscribe: false,
  enableOfflineQueue: true,
  // A command of a lost connection must not be sent on the next one: it names that connection.
  autoResendUnfulfilledCommands: false,
  // A connection that only listens has to notice that the other side is gone.
  keepAlive: 10_000,
  maxRetriesPerRequest: null,
  lazyConnect: false,
  // A subscribed connection is silent for a long time and has no command to time out.
  commandTimeout: undefined,
  retryStrategy: backOffMs,
};

/** ioredis 5 and 6: a single server, Sentinel or Cluster. */
export class IoredisPort implements RedisPort {
  readonly isCluster: boolean;
  /** Redis Cluster and single Redis take the same commands; only their TypeScript overloads cannot be called as a union. */
  private readonly redis: Redis;
  private readonly firstReady: Promise<void>;

  constructor(client: IoredisClient) {
    this.isCluster = client.isCluster;
    this.redis = client as unknown as Redis;
    refuseKeyPrefix(client as unknown as Redis | Cluster);
    this.firstReady = this.isReady ? Promise.resolve() : new Promise((resolve) => this.redis.once('ready', resolve));
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  async whenReady(): Promise<void> {
    if (this.redis.status === 'wait') await this.redis.connect();
    await this.firstReady;
  }

  hgetall(key: string): Promise<Hash> {
    return this.redis.hgetall(key);
  }

  async hgetallOfMany(keys: readonly string[]): Promise<Array<Hash | Error>> {
    const pipeline = this.redis.pipeline();
    for (const key of keys) pipeline.hgetall(key);
    const replies = (await pipeline.exec()) ?? [];
    return keys.map((_, n) => {
      const [error, hash] = replies[n] ?? [new Error('Redis gave no reply')];
      return error ?? (hash as Hash);
    });
  }

  evalsha(sha: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.redis.evalsha(sha, 1, key, ...args);
  }

  eval(lua: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.redis.eval(lua, 1, key, ...args);
  }

  async loadScript(lua: string): Promise<void> {
    await Promise.all(this.masters.map((server) => server.script('LOAD', lua)));
  }

  exists(key: string): Promise<unknown> {
    return this.redis.exists(key);
  }

  del(key: string): Promise<number> {
    return this.redis.del(key);
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.set(key, value, 'PX', ttlMs, 'NX')) !== null;
  }

  memoryInfos(): Promise<string[]> {
    return Promise.all(this.masters.map((server) => server.info('memory')));
  }

  async *scan(pattern: string, count: number): AsyncGenerator<string[]> {
    for (const server of this.masters) {
      let cursor = '0';
      do {
        const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', count);
        cursor = next;
        if (keys.length > 0) yield keys;
      } while (cursor !== '0');
    }
  }

  listen(): ListeningConnection {
    if (!this.isCluster) return new IoredisListener(this.redis.duplicate(LISTENING));
    const cluster = this.cluster.duplicate([], { clusterRetryStrategy: backOffMs, lazyConnect: false });
    return new IoredisListener(cluster as unknown as Redis);
  }

  async servers(): Promise<ReadonlyMap<string, () => ListeningConnection>> {
    return new Map(
      this.cluster
        .nodes('all')
        .map((server) => [
          `${server.options.host}:${server.options.port}`,
          () => new IoredisListener(server.duplicate(LISTENING)),
        ]),
    );
  }

  onServersChanged(follow: () => void): () => void {
    for (const change of TOPOLOGY_CHANGES) this.cluster.on(change, follow);
    return () => {
      for (const change of TOPOLOGY_CHANGES) this.cluster.off(change, follow);
    };
  }

  private get masters(): Redis[] {
    return this.isCluster ? this.cluster.nodes('master') : [this.redis];
  }

  private get cluster(): Cluster {
    return this.redis as unknown as Cluster;
  }
}

class IoredisListener implements ListeningConnection {
  private readonly handlers = new Map<string, (payload: unknown) => void>();

  constructor(private readonly connection: Redis) {
    // Without a listener an 'error' event ends the process; a lost connection is expected and handled by reconnecting.
    connection.on('error', () => undefined);
    // The payload of an invalidation is a list, which `message` would turn into one text.
    connection.on('messageBuffer', (channel: Buffer, payload: unknown) => {
      this.handlers.get(channel.toString())?.(textOf(payload));
    });
  }

  onReady(act: () => void): void {
    this.connection.on('ready', act);
    if (this.connection.status === 'ready') act();
  }

  onLost(act: () => void): void {
    this.connection.on('close', act);
  }

  async subscribe(channel: string, onMessage: (payload: unknown) => void): Promise<void> {
    this.handlers.set(channel, onMessage);
    await this.connection.subscribe(channel);
  }

  send(...[name = '', ...args]: readonly string[]): Promise<unknown> {
    return this.connection.call(name, ...args);
  }

  reconnect(): void {
    this.connection.disconnect(true);
  }

  close(): void {
    this.connection.disconnect();
  }
}

function textOf(payload: unknown): unknown {
  if (Array.isArray(payload)) return payload.map(String);
  return Buffer.isBuffer(payload) ? payload.toString() : payload;
}

/** Refuses `keyPrefix`: ioredis would put it before the keys it sees, but not before those that scripts and invalidations name. */
function refuseKeyPrefix({ options }: Redis | Cluster): void {
  const ofServers = 'redisOptions' in options ? options.redisOptions : undefined;
  if (!options.keyPrefix && !ofServers?.keyPrefix) return;
  throw new SessionConfigError(["redis: has ioredis's keyPrefix; leave that out and use the option prefix instead"]);
}
