import type { Cluster, Redis } from 'ioredis';
import { SessionConfigError } from './errors/session-error.js';
import type { Serializer } from './store/serializer.js';
import type { SessionSchema } from './store/session-schema.js';

/**
 * Where sessions live. `memory` and `connect-redis` are the stock stores, unchanged, as references; `redis` is ours;
 * `cached` is ours with an in-process copy of each session, invalidated by Redis.
 */
export type SessionStoreKind = 'memory' | 'connect-redis' | 'redis' | 'cached';

/** An ioredis connection: single server, Sentinel, or Cluster. */
export type RedisClient = Redis | Cluster;

export interface SessionOptions {
  readonly store: SessionStoreKind;
  /** Cookie signing keys, each at least 16 characters. The first signs; all verify, so keys can be rotated. */
  readonly secrets: readonly string[];
  /** Required for every store but `memory`. Never closed by this package. */
  readonly redis?: RedisClient | undefined;
  /** Starts every Redis key. Default `hf:`. */
  readonly prefix?: string | undefined;
  /** Default `hf_sid`, or `__Host-hf_sid` when `secure`. */
  readonly cookieName?: string | undefined;
  /** Cookie only over TLS, with the `__Host-` prefix. Default false. */
  readonly secure?: boolean | undefined;
  /** A session unused for this long is over. Default 1800. */
  readonly idleSeconds?: number | undefined;
  /** A session is over this long after login, however active. Default 43200. */
  readonly absoluteSeconds?: number | undefined;
  /** Most sessions alive per user, never exceeded. Default: no cap. Stores `redis` and `cached` only. */
  readonly maxSessionsPerUser?: number | undefined;
  /** At the cap, a login ends the oldest session or is refused with 409 `session_limit`. Default `expire-oldest`. */
  readonly onLimit?: 'expire-oldest' | 'refuse' | undefined;
  /**
   * `cached` only: during a Redis outage, GET, HEAD and OPTIONS may be served from a copy at most this old. A session
   * ended elsewhere meanwhile still answers. Default 0: never.
   */
  readonly staleIfErrorMs?: number | undefined;
  /** Longest wait for one Redis command. Default 500. */
  readonly commandTimeoutMs?: number | undefined;
  /** `cached` only: the size of the near cache and how stale it may get. */
  readonly nearCache?: NearCacheOptions | undefined;
  /** Your own version number for what you keep in sessions, and how to read older ones. */
  readonly schema?: SessionSchema | undefined;
  /** How one attribute's value is stored. Default JSON. */
  readonly serializer?: Serializer | undefined;
}

export interface NearCacheOptions {
  /** Most sessions kept in this process. Default 10 000. */
  readonly maxSessions?: number | undefined;
  /** Most characters of session data kept in this process. Default 67 108 864. */
  readonly maxCharacters?: number | undefined;
  /**
   * A cached read never misses a change made longer ago than this; normally it misses none older than a few
   * milliseconds. Default 1000.
   */
  readonly maxStalenessMs?: number | undefined;
}

/** The options with every default filled in. */
export interface ResolvedSessionOptions {
  readonly store: SessionStoreKind;
  readonly secrets: readonly string[];
  readonly redis: RedisClient | undefined;
  readonly prefix: string;
  readonly cookieName: string;
  readonly secure: boolean;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly maxSessionsPerUser: number;
  readonly onLimit: 'expire-oldest' | 'refuse';
  readonly staleIfErrorMs: number;
  readonly commandTimeoutMs: number;
  readonly nearCache: { readonly maxSessions: number; readonly maxCharacters: number; readonly maxStalenessMs: number };
  readonly schema: SessionSchema | undefined;
  readonly serializer: Serializer;
}

const MIN_SECRET_LENGTH = 16;
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Fills in the defaults; throws `SessionConfigError` with every mistake at once. */
export function resolveOptions(options: SessionOptions): ResolvedSessionOptions {
  const secure = options.secure ?? false;
  const resolved: ResolvedSessionOptions = {
    store: options.store,
    secrets: [...(options.secrets ?? [])],
    redis: options.redis,
    prefix: options.prefix ?? 'hf:',
    cookieName: options.cookieName ?? (secure ? '__Host-hf_sid' : 'hf_sid'),
    secure,
    idleMs: (options.idleSeconds ?? 1800) * 1000,
    absoluteMs: (options.absoluteSeconds ?? 43_200) * 1000,
    maxSessionsPerUser: options.maxSessionsPerUser ?? 0,
    onLimit: options.onLimit ?? 'expire-oldest',
    staleIfErrorMs: options.staleIfErrorMs ?? 0,
    commandTimeoutMs: options.commandTimeoutMs ?? 500,
    nearCache: {
      maxSessions: options.nearCache?.maxSessions ?? 10_000,
      maxCharacters: options.nearCache?.maxCharacters ?? 67_108_864,
      maxStalenessMs: options.nearCache?.maxStalenessMs ?? 1000,
    },
    schema: options.schema,
    serializer: options.serializer ?? JSON,
  };
  const mistakes = findMistakes(resolved, options);
  if (mistakes.length > 0) throw new SessionConfigError(mistakes);
  return resolved;
}

function findMistakes(resolved: ResolvedSessionOptions, given: SessionOptions): string[] {
  const mistakes: string[] = [];
  const expect = (ok: boolean, mistake: string) => {
    if (!ok) mistakes.push(mistake);
  };
  expect(
    ['memory', 'connect-redis', 'redis', 'cached'].includes(resolved.store),
    `store: must be memory, connect-redis, redis or cached; got ${JSON.stringify(given.store)}`,
  );
  expect(resolved.secrets.length > 0, 'secrets: give at least one; the first signs, all verify');
  expect(
    resolved.secrets.every((secret) => typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH),
    `secrets: each needs at least ${MIN_SECRET_LENGTH} characters`,
  );
  expect(resolved.store === 'memory' || resolved.redis !== undefined, `redis: the store '${resolved.store}' needs it`);
  expect(COOKIE_NAME.test(resolved.cookieName), 'cookieName: must be an HTTP token');
  expect(
    !resolved.cookieName.startsWith('__Host-') || resolved.secure,
    'cookieName: the __Host- prefix needs secure: true',
  );
  expect(resolved.idleMs > 0, 'idleSeconds: must be greater than 0');
  expect(resolved.absoluteMs >= resolved.idleMs, 'absoluteSeconds: must be at least idleSeconds');
  expect(
    given.maxSessionsPerUser === undefined ||
      (Number.isInteger(given.maxSessionsPerUser) && given.maxSessionsPerUser > 0),
    'maxSessionsPerUser: must be a whole number greater than 0; leave it out for no cap',
  );
  expect(['expire-oldest', 'refuse'].includes(resolved.onLimit), 'onLimit: must be expire-oldest or refuse');
  expect(resolved.staleIfErrorMs >= 0, 'staleIfErrorMs: must be 0 or more');
  expect(
    Object.values(resolved.nearCache).every((limit) => limit > 0),
    'nearCache: every limit must be greater than 0',
  );
  expect(
    resolved.schema === undefined || (Number.isInteger(resolved.schema.version) && resolved.schema.version > 0),
    'schema.version: must be a whole number greater than 0',
  );
  expect(resolved.commandTimeoutMs > 0, 'commandTimeoutMs: must be greater than 0');
  return mistakes;
}
