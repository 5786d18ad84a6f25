import { type NodeRedisConnection, NodeRedisListener } from './node-redis-listener.js';
import { scanServer } from './node-redis-port.js';
import type { NodeRedisCluster } from './redis-client.js';
import { type Hash, type ListeningConnection, type RedisPort, toHash } from './redis-port.js';

/** The known servers are looked at once in this time, since node-redis does not report changes of them. */
const TOPOLOGY_POLL_MS = 250;

interface Server {
  readonly host: string;
  readonly port: number;
}

interface ClusterConnection {
  readonly isOpen: boolean;
  readonly masters: readonly Server[];
  readonly replicas: readonly Server[];
  nodeClient(server: Server): NodeRedisConnection | Promise<NodeRedisConnection>;
  sendCommand(firstKey: string, isReadonly: boolean, command: readonly string[]): Promise<unknown>;
}

/** `createCluster` of node-redis 4 and 5. */
export class NodeRedisClusterPort implements RedisPort {
  readonly isCluster = true;
  private readonly cluster: ClusterConnection;

  constructor(client: NodeRedisCluster) {
    this.cluster = client as unknown as ClusterConnection;
  }

  get isReady(): boolean {
    return this.cluster.isOpen && this.cluster.masters.length > 0;
  }

  async whenReady(): Promise<void> {
    if (!this.cluster.isOpen) throw new Error('The node-redis cluster is not connected: call its connect() first');
  }

  async hgetall(key: string): Promise<Hash> {
    return toHash(await this.send(key, 'HGETALL', key));
  }

  hgetallOfMany(keys: readonly string[]): Promise<Array<Hash | Error>> {
    return Promise.all(keys.map((key) => this.hgetall(key).catch((error: Error) => error)));
  }

  evalsha(sha: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.send(key, 'EVALSHA', sha, '1', key, ...args.map(String));
  }

  eval(lua: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.send(key, 'EVAL', lua, '1', key, ...args.map(String));
  }

  async loadScript(lua: string): Promise<void> {
    const load = async (master: Server) => {
      const client = await this.cluster.nodeClient(master);
      await client.sendCommand(['SCRIPT', 'LOAD', lua]);
    };
    await Promise.all(this.cluster.masters.map(load));
  }

  exists(key: string): Promise<unknown> {
    return this.send(key, 'EXISTS', key);
  }

  async del(key: string): Promise<number> {
    return Number(await this.send(key, 'DEL', key));
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.send(key, 'SET', key, value, 'PX', String(ttlMs), 'NX')) !== null;
  }

  memoryInfos(): Promise<string[]> {
    const ask = async (master: Server) => {
      const client = await this.cluster.nodeClient(master);
      return String(await client.sendCommand(['INFO', 'memory']));
    };
    return Promise.all(this.cluster.masters.map(ask));
  }

  async *scan(pattern: string, count: number): AsyncGenerator<string[]> {
    for (const master of this.cluster.masters) {
      yield* scanServer(await this.cluster.nodeClient(master), pattern, count);
    }
  }

  /** Redis passes a message on to every server of a Cluster, so any master will do. */
  listen(): ListeningConnection {
    let turn = 0;
    return new NodeRedisListener(() => {
      const { masters } = this.cluster;
      const master = masters[turn++ % Math.max(masters.length, 1)];
      if (master === undefined) throw new Error('The cluster has no master');
      return this.cluster.nodeClient(master);
    });
  }

  async servers(): Promise<ReadonlyMap<string, () => ListeningConnection>> {
    const { cluster } = this;
    return new Map(
      [...cluster.masters, ...cluster.replicas].map((server) => [
        `${server.host}:${server.port}`,
        () => new NodeRedisListener(() => cluster.nodeClient(server)),
      ]),
    );
  }

  onServersChanged(follow: () => void): () => void {
    const timer = setInterval(follow, TOPOLOGY_POLL_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  private send(key: string, ...command: readonly string[]): Promise<unknown> {
    return this.cluster.sendCommand(key, false, command);
  }
}
