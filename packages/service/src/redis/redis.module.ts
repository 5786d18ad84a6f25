import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { HealthRegistry } from '../health/health-registry.js';
import { FastFailingCluster } from './fast-failing-cluster.js';
import { FastFailingRedis } from './fast-failing-redis.js';
import { clusterAddress, isRedisAddress, redisAddressHint } from './redis-address.js';

/** Injects the service's one connection to Redis: `@Inject(REDIS) redis: Redis`. On a Cluster it is a view of it as one server. */
export const REDIS = Symbol('REDIS');

export interface RedisModuleOptions {
  /** `redis://host:port`, or `redis+cluster://host:port,host:port` with some of a Cluster's masters. */
  readonly url: string;
  /** Longest wait for one command. Default 500. */
  readonly commandTimeoutMs?: number;
}

const STARTUP_WAIT_MS = 5000;

/**
 * Opens a connection that fails fast: a reply is waited for a bounded time, once; nothing is queued while Redis is away;
 * and it reconnects within a quarter of a second of its return. For subscriptions and blocking commands: `duplicate()`.
 *
 * Of a Redis Cluster it gives an ioredis `Cluster`, which takes the same commands: where the difference matters, ask it with
 * `isCluster`. There each master fails by itself. Throws when `url` is no address of Redis.
 */
export function connectRedis({ url, commandTimeoutMs = 500 }: RedisModuleOptions): Redis {
  if (!isRedisAddress(url)) throw new Error(`url: ${redisAddressHint}`);
  const cluster = clusterAddress(url);
  if (cluster === undefined) return new FastFailingRedis(url, commandTimeoutMs);
  // Only the TypeScript overloads of the two differ.
  return new FastFailingCluster(cluster, commandTimeoutMs) as unknown as Redis;
}

/** Global module with the `REDIS` connection and its readiness check. Starts without Redis too, not ready until it is there. */
@Module({})
export class RedisModule implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('redis');

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
  ) {
    let down = false;
    redis.on('error', (error: Error) => {
      // One line per outage, not one per attempt.
      if (!down) this.#logger.warn(`Redis is unreachable: ${error.message}`);
      down = true;
    });
    redis.on('ready', () => {
      if (down) this.#logger.log('Redis is back');
      down = false;
    });
    // Of a Cluster, each master.
    redis.on('master-down', (master: string) => this.#logger.warn(`Redis at ${master} is unreachable`));
    redis.on('master-up', (master: string) => this.#logger.log(`Redis at ${master} is back`));
  }

  static forRoot(options: RedisModuleOptions): DynamicModule {
    return {
      module: RedisModule,
      global: true,
      providers: [{ provide: REDIS, useFactory: () => connectRedis(options) }],
      exports: [REDIS],
    };
  }

  async onModuleInit(): Promise<void> {
    this.health.register('redis', () => answers(this.redis));
    if (this.redis.status === 'ready') return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, STARTUP_WAIT_MS);
      this.redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}

/** Resolves when Redis answers; of a Cluster, when any master does: its users can be served. */
async function answers(redis: Redis | Cluster): Promise<void> {
  const servers = redis.isCluster ? (redis as Cluster).nodes('master') : [redis];
  await Promise.any(servers.map((server) => server.ping()));
}
