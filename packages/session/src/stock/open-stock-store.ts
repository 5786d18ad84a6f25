import { createRequire } from 'node:module';
import session, { type Store } from 'express-session';
import { SessionConfigError } from '../errors/session-error.js';
import { openRedisPort } from '../redis/open-redis-port.js';
import type { ResolvedSessionOptions } from '../session-options.js';

/** A store of express-session as published, and the parts that its process needs beside it. */
export interface StockStore {
  readonly store: Store;
  /** Resolves when the server behind the store answers; rejects with the reason otherwise. */
  health(): Promise<void>;
  /** How many sessions are in this process's memory. */
  held(): number;
  /** Closes the connections that the store opened itself. */
  close(): void;
}

/** Opens MemoryStore, connect-redis or connect-memcached with its own defaults. Throws `SessionConfigError` when the package is missing. */
export function openStockStore(options: ResolvedSessionOptions): StockStore {
  switch (options.store) {
    case 'connect-redis':
      return openConnectRedis(options);
    case 'memcached':
      return openConnectMemcached(options);
    default:
      return openMemory(options);
  }
}

function openMemory(options: ResolvedSessionOptions): StockStore {
  const store = new session.MemoryStore();
  // Its `length()` reads the text of every session; this counts the entries.
  const { sessions } = store as unknown as { readonly sessions: object };
  return { store, health: redisHealth(options), held: () => Object.keys(sessions).length, close: () => undefined };
}

function openConnectRedis(options: ResolvedSessionOptions): StockStore {
  const { RedisStore } = load<typeof import('connect-redis')>('connect-redis', '8.1.0', options);
  const store = new RedisStore({ client: options.redis, prefix: prefixOf(options), ttl: secondsOf(options) });
  return { store, health: redisHealth(options), held: () => 0, close: () => undefined };
}

function openConnectMemcached(options: ResolvedSessionOptions): StockStore {
  const connect = load<typeof import('connect-memcached')>('connect-memcached', '3.0.0', options);
  const MemcachedStore = connect(session);
  const store = new MemcachedStore({
    hosts: options.memcached ?? '',
    prefix: prefixOf(options),
    ttl: secondsOf(options),
  });
  const health = () =>
    new Promise<void>((resolve, reject) => {
      store.client.version((error: unknown) => (error ? reject(error) : resolve()));
    });
  return { store, health, held: () => 0, close: () => store.client.end() };
}

function prefixOf({ prefix }: ResolvedSessionOptions): string {
  return `${prefix}sess:`;
}

function secondsOf({ idleMs }: ResolvedSessionOptions): number {
  return Math.ceil(idleMs / 1000);
}

/** One port serves all calls, because a port listens for its client to be ready. */
function redisHealth({ redis, prefix }: ResolvedSessionOptions): () => Promise<void> {
  const port = redis === undefined ? undefined : openRedisPort(redis, 'redis');
  return async () => {
    await port?.exists(`${prefix}sess:`);
  };
}

/** The package of a stock store is an optional peer: an application that uses another store does not have it. */
function load<T>(name: string, version: string, { store }: ResolvedSessionOptions): T {
  try {
    return createRequire(import.meta.url)(name);
  } catch (cause) {
    const problem = `store: '${store}' needs that package: npm install ${name}@${version}`;
    throw Object.assign(new SessionConfigError([problem]), { cause });
  }
}
