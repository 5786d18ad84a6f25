import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Redis } from 'ioredis';
import { HealthRegistry } from '../health/health-registry.js';

/** Injects the service's one Redis connection: `@Inject(REDIS) redis: Redis`. */
export const REDIS = Symbol('REDIS');

export interface RedisModuleOptions {
  readonly url: string;
  /** Longest wait for one command. Default 500. */
  readonly commandTimeoutMs?: number;
}

const STARTUP_WAIT_MS = 5000;
const LONGEST_PAUSE_MS = 250;

/**
 * Opens a connection that fails fast: commands are bounded in time and never queued while Redis is away, and it
 * reconnects within a quarter of a second of its return. Own connections for subscriptions: `redis.duplicate()`.
 */
export function connectRedis({ url, commandTimeoutMs = 500 }: RedisModuleOptions): Redis {
  return new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 1000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Jitter keeps a fleet from returning in step.
    retryStrategy: (attempt) => Math.min(25 * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2),
  });
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
