export type Hash = Record<string, string>;

/** The commands that the session layer needs of Redis, whichever client the application has. */
export interface RedisPort {
  readonly isCluster: boolean;
  /** Whether a command goes to Redis now rather than into a queue of the client. */
  readonly isReady: boolean;
  /** Resolves once the client is ready for the first time. A lazy client is connected. Rejects when it will never be ready. */
  whenReady(): Promise<void>;
  hgetall(key: string): Promise<Hash>;
  /** Reads hashes in one write to the socket, except on a Cluster. One hash or error for each key, in order. */
  hgetallOfMany(keys: readonly string[]): Promise<Array<Hash | Error>>;
  evalsha(sha: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown>;
  eval(lua: string, key: string, args: ReadonlyArray<string | number>): Promise<unknown>;
  /** Loads the script on every master, so that its first `evalsha` is answered. */
  loadScript(lua: string): Promise<void>;
  exists(key: string): Promise<unknown>;
  /** The number of deleted keys: 0 or 1. */
  del(key: string): Promise<number>;
  /** False when the key exists. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
  /** The text of `INFO memory` of every master. */
  memoryInfos(): Promise<string[]>;
  /** Keys that match, in batches, from every master. SCAN may return a key twice. */
  scan(pattern: string, count: number): AsyncGenerator<string[]>;
  /** A connection of our own for messages, to any server. */
  listen(): ListeningConnection;
  /**
   * Every server of a Cluster that the client knows: with ioredis the replicas too, so that a promoted one is already heard; with
   * node-redis only where the cluster was made with `useReplicas`.
   */
  servers(): Promise<ReadonlyMap<string, () => ListeningConnection>>;
  /** Calls back whenever `servers` may have changed. Returns the unsubscriber. */
  onServersChanged(follow: () => void): () => void;
}

/** A connection that waits for messages. It reconnects for ever until it is closed. */
export interface ListeningConnection {
  /** Called at each (re)connection. Nothing is subscribed then. */
  onReady(act: () => void): void;
  /** Called each time the connection is lost. */
  onLost(act: () => void): void;
  /** Messages are texts; those of `__redis__:invalidate` are lists of keys, or null when any key may have changed. */
  subscribe(channel: string, onMessage: (payload: unknown) => void): Promise<void>;
  send(...command: readonly string[]): Promise<unknown>;
  /** Gives the connection up and makes it anew. */
  reconnect(): void;
  close(): void;
}

/** 50, 100, 200 … at most 500 ms: the client is back soon after Redis is, without hammering it meanwhile. */
export function backOffMs(attempt: number): number {
  return Math.min(50 * 2 ** (attempt - 1), 500);
}

/** RESP2 gives a hash as a flat list, RESP3 as a map or an object. */
export function toHash(reply: unknown): Hash {
  if (reply instanceof Map) return Object.fromEntries(reply) as Hash;
  if (!Array.isArray(reply)) return (reply ?? {}) as Hash;
  const hash: Hash = Object.create(null);
  for (let n = 0; n + 1 < reply.length; n += 2) hash[String(reply[n])] = String(reply[n + 1]);
  return hash;
}
