import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Redis } from 'ioredis';
import { HealthRegistry } from '../health/health-registry.js';
import { FastFailingRedis } from './fast-failing-redis.js';

/** Injects the service's one Redis connection: `@Inject(REDIS) redis: Redis`. */
export const REDIS = Symbol('REDIS');

export interface RedisModuleOptions {
  readonly url: string;
  /** Longest wait for one command. Default 500. */
  readonly commandTimeoutMs?: number;
}

const STARTUP_WAIT_MS = 5000;

/**
 * Opens a connection that fails fast: a reply is waited for a bounded time, once; nothing is queued while Redis is away;
 * and it reconnects within a quarter of a second of its return. For subscriptions and blocking commands: `duplicate()`.
 */
export function connectRedis({ url, commandTimeoutMs = 500 }: RedisModuleOptions): Redis {
  return new FastFailingRedis(url, commandTimeoutMs);
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
    this.health.register('redis', async () => {
      await this.redis.ping();
    });
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
