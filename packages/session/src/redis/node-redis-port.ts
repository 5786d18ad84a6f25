import { type NodeRedisConnection, NodeRedisListener } from './node-redis-listener.js';
import type { NodeRedisClient } from './redis-client.js';
import { type Hash, type ListeningConnection, type RedisPort, toHash } from './redis-port.js';

/** `createClient` of node-redis 4 and 5. */
export class NodeRedisPort implements RedisPort {
  readonly isCluster = false;
  private readonly redis: NodeRedisConnection;
  private ready: Promise<void> | undefined;

  constructor(client: NodeRedisClient) {
    this.redis = client as unknown as NodeRedisConnection;
  }

  get isReady(): boolean {
    return this.redis.isReady;
  }

  async whenReady(): Promise<void> {
    if (this.redis.isReady) return;
    if (!this.redis.isOpen) throw new Error('The node-redis client is not connected: call its connect() first');
    this.ready ??= new Promise((resolve) => this.redis.once('ready', resolve));
    await this.ready;
  }

  async hgetall(key: string): Promise<Hash> {
    return toHash(await this.redis.sendCommand(['HGETALL', key]));
  }

  /** node-redis writes all commands of one turn of the event loop together. */
  hgetallOfMany(keys: readonly string[]): Promise<Array<Hash | Error>> {
    return Promise.all(keys.map((key) => this.hgetall(key).catch((error: Error) => error)));
  }

  evalsha(sha: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.redis.sendCommand(['EVALSHA', sha, '1', key, ...args.map(String)]);
  }

  eval(lua: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.redis.sendCommand(['EVAL', lua, '1', key, ...args.map(String)]);
  }

  async loadScript(lua: string): Promise<void> {
    await this.redis.sendCommand(['SCRIPT', 'LOAD', lua]);
  }

  exists(key: string): Promise<unknown> {
    return this.redis.sendCommand(['EXISTS', key]);
  }

  async del(key: string): Promise<number> {
    return Number(await this.redis.sendCommand(['DEL', key]));
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.sendCommand(['SET', key, value, 'PX', String(ttlMs), 'NX'])) !== null;
  }

  async memoryInfos(): Promise<string[]> {
    return [String(await this.redis.sendCommand(['INFO', 'memory']))];
  }

  scan(pattern: string, count: number): AsyncGenerator<string[]> {
    return scanServer(this.redis, pattern, count);
  }

  listen(): ListeningConnection {
    return new NodeRedisListener(() => this.redis);
  }

  async servers(): Promise<ReadonlyMap<string, () => ListeningConnection>> {
    return new Map([['', () => this.listen()]]);
  }

  onServersChanged(): () => void {
    return () => undefined;
  }
}

export async function* scanServer(
  redis: Pick<NodeRedisConnection, 'sendCommand'>,
  pattern: string,
  count: number,
): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const reply = await redis.sendCommand(['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(count)]);
    const [next, keys] = reply as [string, string[]];
    cursor = String(next);
    if (keys.length > 0) yield keys.map(String);
  } while (cursor !== '0');
}
