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
import { clusterAddress, isRedisAddress, REDIS_ADDRESS_HINT, sentinelAddress } from './redis-address.js';
import { refusalOf } from './redis-refusal.js';
import { volatileWarning } from './volatile-redis.js';

/**
 * Injects the service's one connection to Redis: `@Inject(REDIS) redis: Redis`. On a Cluster it stands for all masters as one
 * server.
 */
export const REDIS = Symbol('REDIS');

export interface RedisModuleOptions {
  /** `redis://host:port`, `redis+sentinel://host:port,host:port/master`, or `redis+cluster://host:port,host:port` with some masters. */
  readonly url: string;
  /** Longest wait for one command. Default 500. */
  readonly commandTimeoutMs?: number;
}

const STARTUP_WAIT_MS = 5000;

/**
 * Opens a connection that fails fast. It waits for a reply once and for a bounded time, and queues nothing while Redis is away.
 * It reconnects within a quarter of a second after Redis is back and has loaded its file. Use `duplicate()` for subscriptions and
 * blocking commands.
 *
 * For a Redis Cluster it returns an ioredis `Cluster`, which takes the same commands; `isCluster` tells the two apart. There each
 * master fails by itself. Throws when `url` is not an address of Redis.
 */
export function connectRedis({ url, commandTimeoutMs = 500 }: RedisModuleOptions): Redis {
  if (!isRedisAddress(url)) throw new Error(`url: ${REDIS_ADDRESS_HINT}`);
  const cluster = clusterAddress(url);
  if (cluster === undefined) return new FastFailingRedis(sentinelAddress(url) ?? url, commandTimeoutMs);
  // Only the TypeScript overloads of the two differ.
  return new FastFailingCluster(cluster, commandTimeoutMs) as unknown as Redis;
}

/**
 * Global module with the `REDIS` connection and its readiness check. It starts without Redis too, but the service is ready only
 * with Redis. A Redis that refuses the credentials fails the start.
 */
@Module({})
export class RedisModule implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('redis');
  private refusal: string | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
  ) {
    let down = false;
    redis.on('error', (error: Error) => {
      this.refusal = refusalOf(error);
      // It logs one line per outage, not one per attempt.
      if (!down) this.logger.warn(this.refusal ?? `Redis is unreachable: ${error.message}`);
      down = true;
    });
    redis.on('ready', () => {
      if (down) this.logger.log('Redis is back');
      down = false;
    });
    redis.once('ready', () => void this.warnIfVolatile());
    // On a Cluster, each master reports its own outage.
    redis.on('master-down', (master: string) => this.logger.warn(`Redis at ${master} is unreachable`));
    redis.on('master-up', (master: string) => this.logger.log(`Redis at ${master} is back`));
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

  /** Resolves when Redis is ready or has refused this service, or else after `STARTUP_WAIT_MS`. */
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
    if (warning !== undefined) this.logger.warn(warning);
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}

/** Resolves when Redis answers. On a Cluster one master is enough, because the service can serve that master's users. */
async function answers(redis: Redis | Cluster): Promise<void> {
  const servers = redis.isCluster ? (redis as Cluster).nodes('master') : [redis];
  await Promise.any(servers.map((server) => server.ping()));
}
