import { reportWarning } from './errors/report-error.js';
import { SessionConfigError } from './errors/session-error.js';
import {
  COOKIE_OPTION_NAMES,
  type CookieOptions,
  cookieMistakes,
  cookieSettings,
  type SessionCookieSettings,
} from './options/cookie-options.js';
import { unknownNames } from './options/nearest-name.js';
import { guessableBecause, secretMistake } from './options/secret-weakness.js';
import type { RedisClient } from './redis/redis-client.js';
import type { Serializer } from './store/serializer.js';
import { type SessionSchema, schemaMistakes } from './store/session-schema.js';

/**
 * The place where sessions live. `memory`, `connect-redis` and `memcached` (connect-memcached) are unchanged stock stores, as references;
 * `redis` is ours; `cached` is ours with an in-process copy of each session, invalidated by Redis.
 */
export type SessionStoreKind = 'memory' | 'connect-redis' | 'memcached' | 'redis' | 'cached';

/** Options of `createSessions` and `SessionModule`. The cookie's options may also be given in `cookie`, as in express-session. */
export interface SessionOptions extends CookieOptions {
  readonly store: SessionStoreKind;
  /** Cookie signing keys, each at least 16 characters. The first signs; all verify, so keys can be rotated. */
  readonly secrets: readonly string[];
  /** Required for every store except `memory` and `memcached`. This package never closes it. */
  readonly redis?: RedisClient | undefined;
  /** `memcached` only, and required there: the server as `host:port`. */
  readonly memcached?: string | undefined;
  /** Starts every Redis key. Default `hf:`. */
  readonly prefix?: string | undefined;
  /** Default `hf_sid`; with `secure: true` `__Host-hf_sid`, or `__Secure-hf_sid` when there is a `domain` or `path`. */
  readonly cookieName?: string | undefined;
  /** Send the cookie again with every response to a live session, which renews its `maxAge`. Default false. */
  readonly rolling?: boolean | undefined;
  /** The cookie's options in express-session's form. `httpOnly` can only be true. */
  readonly cookie?: (CookieOptions & { readonly httpOnly?: true | undefined }) | undefined;
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
  /** Your own version number for your session contents, and the way to read older ones. */
  readonly schema?: SessionSchema | undefined;
  /** The text form of one attribute's value in the store. Default JSON. */
  readonly serializer?: Serializer | undefined;
  /** Says in the `x-session` header of every answer where its session came from; for demonstrations, measurements. Default false. */
  readonly explain?: boolean | undefined;
}

export interface NearCacheOptions {
  /** Most sessions kept in this process. Default 10 000. */
  readonly maxSessions?: number | undefined;
  /** Most characters of session data kept in this process. Default 67 108 864. */
  readonly maxCharacters?: number | undefined;
  /**
   * A cached read never misses a change older than this, and normally none older than a few
   * milliseconds. Default 1000.
   */
  readonly maxStalenessMs?: number | undefined;
}

/** The options with every default filled in. */
export interface ResolvedSessionOptions extends SessionCookieSettings {
  readonly store: SessionStoreKind;
  readonly secrets: readonly string[];
  readonly redis: RedisClient | undefined;
  readonly memcached: string | undefined;
  readonly prefix: string;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly maxSessionsPerUser: number;
  readonly onLimit: 'expire-oldest' | 'refuse';
  readonly staleIfErrorMs: number;
  readonly commandTimeoutMs: number;
  readonly nearCache: { readonly maxSessions: number; readonly maxCharacters: number; readonly maxStalenessMs: number };
  readonly schema: SessionSchema | undefined;
  readonly serializer: Serializer;
  readonly explain: boolean;
}

const DEFAULT_IDLE_SECONDS = 1800;
const DEFAULT_ABSOLUTE_SECONDS = 43_200;
const OPTION_NAMES = [
  ...['store', 'secrets', 'redis', 'memcached', 'prefix', 'cookieName', 'rolling', 'cookie'],
  ...['idleSeconds', 'absoluteSeconds'],
  ...['maxSessionsPerUser', 'onLimit', 'staleIfErrorMs', 'commandTimeoutMs', 'nearCache', 'schema', 'serializer'],
  'explain',
  ...COOKIE_OPTION_NAMES,
];
const NEAR_CACHE_NAMES = ['maxSessions', 'maxCharacters', 'maxStalenessMs'];

/** Fills in the defaults; throws `SessionConfigError` with every mistake at once. */
export function resolveOptions(options: SessionOptions): ResolvedSessionOptions {
  const cookie = cookieSettings(options.cookieName, options.rolling, { ...options, ...given(options.cookie) });
  const { idleSeconds, absoluteSeconds } = lifetime(options, (cookie.maxAgeMs ?? 0) / 1000);
  const resolved: ResolvedSessionOptions = {
    ...cookie,
    store: options.store,
    secrets: Array.isArray(options.secrets) ? [...options.secrets] : [],
    redis: options.redis,
    memcached: options.memcached,
    prefix: options.prefix ?? 'hf:',
    idleMs: milliseconds(idleSeconds),
    absoluteMs: milliseconds(absoluteSeconds),
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
    explain: options.explain ?? false,
  };
  const mistakes = findMistakes(resolved, options);
  if (mistakes.length > 0) throw new SessionConfigError(mistakes);
  warnOfRisks(resolved);
  return resolved;
}

/** The default of one lifetime follows the other when only the other is given. Both are at least as long as the cookie's. */
function lifetime({ idleSeconds, absoluteSeconds }: SessionOptions, cookieSeconds: number) {
  const idle = idleSeconds ?? Math.min(Math.max(DEFAULT_IDLE_SECONDS, cookieSeconds), absoluteSeconds ?? Infinity);
  return {
    idleSeconds: idle,
    absoluteSeconds: absoluteSeconds ?? Math.max(DEFAULT_ABSOLUTE_SECONDS, cookieSeconds, idle),
  };
}

function findMistakes(resolved: ResolvedSessionOptions, options: SessionOptions): string[] {
  const mistakes: string[] = [
    ...unknownNames(options, OPTION_NAMES),
    ...unknownNames(options.cookie ?? {}, [...COOKIE_OPTION_NAMES, 'httpOnly'], 'cookie.'),
    ...unknownNames(options.nearCache ?? {}, NEAR_CACHE_NAMES, 'nearCache.'),
  ];
  const expect = (ok: boolean, mistake: string) => {
    if (!ok) mistakes.push(mistake);
  };
  expect(
    ['memory', 'connect-redis', 'memcached', 'redis', 'cached'].includes(resolved.store),
    `store: must be memory, connect-redis, memcached, redis or cached; got ${JSON.stringify(options.store)}`,
  );
  mistakes.push(...secretMistakes(options.secrets));
  expect(
    ['memory', 'memcached'].includes(resolved.store) || resolved.redis !== undefined,
    `redis: the store '${resolved.store}' needs it`,
  );
  expect(
    resolved.store !== 'memcached' || /^[^\s:/]+:\d{1,5}$/.test(String(resolved.memcached)),
    "memcached: the store 'memcached' needs the address of the server as host:port, such as 127.0.0.1:11211",
  );
  expect(typeof resolved.prefix === 'string', 'prefix: must be a string');
  mistakes.push(...cookieMistakes(resolved));
  for (const name of COOKIE_OPTION_NAMES) {
    const twice = options[name] !== undefined && options.cookie?.[name] !== undefined;
    expect(!twice || options[name] === options.cookie?.[name], `${name}: differs from cookie.${name}; give it once`);
  }
  expect(
    (options.cookie?.httpOnly ?? true) === true,
    'cookie.httpOnly: can only be true; scripts of a page never need the session cookie',
  );
  expect(isPositive(resolved.idleMs), 'idleSeconds: must be a number greater than 0');
  expect(
    Number.isFinite(resolved.absoluteMs) && !(resolved.absoluteMs < resolved.idleMs),
    'absoluteSeconds: must be a number that is at least idleSeconds',
  );
  expect(
    options.maxSessionsPerUser === undefined ||
      (Number.isInteger(options.maxSessionsPerUser) && options.maxSessionsPerUser > 0),
    'maxSessionsPerUser: must be a whole number greater than 0; leave it out for no cap',
  );
  expect(['expire-oldest', 'refuse'].includes(resolved.onLimit), 'onLimit: must be expire-oldest or refuse');
  expect(
    Number.isFinite(resolved.staleIfErrorMs) && resolved.staleIfErrorMs >= 0,
    'staleIfErrorMs: must be a number of 0 or more',
  );
  for (const [name, limit] of Object.entries(resolved.nearCache)) {
    expect(isPositive(limit), `nearCache.${name}: must be a number greater than 0`);
  }
  mistakes.push(...schemaMistakes(resolved.schema));
  expect(
    typeof resolved.serializer?.stringify === 'function' && typeof resolved.serializer.parse === 'function',
    'serializer: must have the functions stringify and parse',
  );
  expect(isPositive(resolved.commandTimeoutMs), 'commandTimeoutMs: must be a number greater than 0');
  return mistakes;
}

function secretMistakes(secrets: unknown): string[] {
  if (!Array.isArray(secrets)) return ['secrets: must be a list of strings; the first signs, all verify'];
  if (secrets.length === 0) return ['secrets: give at least one; the first signs, all verify'];
  return secrets.flatMap((secret: unknown, n) => {
    const mistake = secretMistake(secret);
    return mistake === undefined ? [] : [`secrets: number ${n + 1} ${mistake}`];
  });
}

/** Warns about settings that are accepted but risky. */
function warnOfRisks({ secrets, secure }: ResolvedSessionOptions): void {
  if (isProduction()) {
    if (secure !== false) return;
    reportWarning(
      "The session cookie travels over plain HTTP, where anyone on the way can read it: set secure to true or 'auto'",
    );
    return;
  }
  for (const [n, secret] of secrets.entries()) {
    const weakness = guessableBecause(secret);
    if (weakness !== undefined)
      reportWarning(`secrets: number ${n + 1} ${weakness}; with NODE_ENV=production it is refused`);
  }
}

function isProduction(): boolean {
  return process.env.NODE_ENV === 'production';
}

/** Whole milliseconds, since Redis takes no others, rounded up so that no session is over early. NaN for a value that is no number. */
function milliseconds(seconds: unknown): number {
  return typeof seconds === 'number' ? Math.ceil(seconds * 1000) : Number.NaN;
}

function isPositive(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}

/** The options without those that are undefined. */
function given(options: object | undefined): CookieOptions {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}
