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
import { StartError } from '../process/start-error.js';
import { FastFailingCluster } from './fast-failing-cluster.js';
import { FastFailingRedis } from './fast-failing-redis.js';
import { clusterAddress, isRedisAddress, redisAddressHint, sentinelAddress } from './redis-address.js';
import { refusalOf } from './redis-refusal.js';
import { volatileWarning } from './volatile-redis.js';

/** Injects the service's one connection to Redis: `@Inject(REDIS) redis: Redis`. On a Cluster it is a view of it as one server. */
export const REDIS = Symbol('REDIS');

export interface RedisModuleOptions {
  /** `redis://host:port`, `redis+sentinel://host:port,host:port/master`, or `redis+cluster://host:port,host:port` with some masters. */
  readonly url: string;
  /** Longest wait for one command. Default 500. */
  readonly commandTimeoutMs?: number;
}

const STARTUP_WAIT_MS = 5000;

/**
 * Opens a connection that fails fast: a reply is waited for a bounded time, once; nothing is queued while Redis is away;
 * and it reconnects within a quarter of a second of its return, or of the moment at which it has read its file. For subscriptions and blocking commands: `duplicate()`.
 *
 * Of a Redis Cluster it gives an ioredis `Cluster`, which takes the same commands: where the difference matters, ask it with
 * `isCluster`. There each master fails by itself. Throws when `url` is no address of Redis.
 */
export function connectRedis({ url, commandTimeoutMs = 500 }: RedisModuleOptions): Redis {
  if (!isRedisAddress(url)) throw new Error(`url: ${redisAddressHint}`);
  const cluster = clusterAddress(url);
  if (cluster === undefined) return new FastFailingRedis(sentinelAddress(url) ?? url, commandTimeoutMs);
  // Only the TypeScript overloads of the two differ.
  return new FastFailingCluster(cluster, commandTimeoutMs) as unknown as Redis;
}

/**
 * Global module with the `REDIS` connection and its readiness check. Starts without Redis too, and is not ready until it is there. A
 * Redis that does not let the service in fails the start.
 */
@Module({})
export class RedisModule implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('redis');
  private refusal: string | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
  ) {
    let down = false;
    redis.on('error', (error: Error) => {
      this.refusal = refusalOf(error);
      // One line per outage, not one per attempt.
      if (!down) this.#logger.warn(this.refusal ?? `Redis is unreachable: ${error.message}`);
      down = true;
    });
    redis.on('ready', () => {
      if (down) this.#logger.log('Redis is back');
      down = false;
    });
    redis.once('ready', () => void this.warnIfVolatile());
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
    await this.firstAnswer();
    if (this.refusal !== undefined && this.redis.status !== 'ready') throw new StartError(this.refusal);
  }

  /** Resolves when Redis is ready or has refused this service, and after a while in any case. */
  private firstAnswer(): Promise<void> {
    return new Promise((resolve) => {
      if (this.redis.status === 'ready' || this.refusal !== undefined) return resolve();
      const done = () => {
        clearTimeout(timer);
        this.redis.off('ready', done).off('error', refused);
        resolve();
      };
      const refused = () => this.refusal !== undefined && done();
      const timer = setTimeout(done, STARTUP_WAIT_MS);
      this.redis.on('ready', done).on('error', refused);
    });
  }

  private async warnIfVolatile(): Promise<void> {
    const warning = await volatileWarning(this.redis);
    if (warning !== undefined) this.#logger.warn(warning);
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
