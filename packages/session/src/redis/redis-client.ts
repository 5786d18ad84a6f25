/**
 * ioredis 5 or 6, by its own members: an application has a copy of ioredis of its own, so a class proves nothing. Single server,
 * Sentinel or Cluster.
 */
export interface IoredisClient {
  readonly status: string;
  readonly isCluster: boolean;
  duplicate(...args: never[]): unknown;
  call(...args: never[]): unknown;
}

/** `createClient` of node-redis 4 or 5. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  duplicate(...args: never[]): unknown;
  sendCommand(...args: never[]): Promise<unknown>;
}

/** `createCluster` of node-redis 4 or 5. */
export interface NodeRedisCluster {
  readonly masters: ReadonlyArray<unknown>;
  nodeClient(...args: never[]): unknown;
  sendCommand(...args: never[]): Promise<unknown>;
}

/** The application's own connection to Redis. Never closed by this package. */
export type RedisClient = IoredisClient | NodeRedisClient | NodeRedisCluster;
