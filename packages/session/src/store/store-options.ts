import { SessionConfigError } from '../errors/session-error.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { Serializer } from './serializer.js';
import { type SessionSchema, schemaMistakes } from './session-schema.js';
import type { TimeToLive } from './time-to-live.js';

/** The options of connect-redis, followed by ours. */
export interface RedisSessionStoreOptions {
  /** ioredis 5 or 6, or node-redis 4 or 5. A single server or a Cluster, and with ioredis also Sentinel. */
  readonly client: RedisClient;
  /** Starts every key. Default `sess:`. */
  readonly prefix?: string | undefined;
  /** Seconds; a session whose cookie has an expiry lives until then instead. Default 86400. */
  readonly ttl?: TimeToLive | undefined;
  /** A use does not prolong a session. Default false. */
  readonly disableTouch?: boolean | undefined;
  /** Sessions never expire in Redis. Default false. */
  readonly disableTTL?: boolean | undefined;
  /** Keys asked for at a time by `length`, `ids`, `all` and `clear`. Default 100. */
  readonly scanCount?: number | undefined;
  /** Stores one attribute's value; connect-redis's stores the whole session. Default JSON. */
  readonly serializer?: Serializer | undefined;
  /** A session is over this long after it was made, however active. Default 0: no such limit. */
  readonly absoluteSeconds?: number | undefined;
  /** Longest wait for one command in milliseconds. Default 500. */
  readonly commandTimeoutMs?: number | undefined;
  readonly schema?: SessionSchema | undefined;
}

/** Throws `SessionConfigError` with every number of the options that Redis could not take. */
export function checkStoreOptions(options: Omit<RedisSessionStoreOptions, 'client'>): void {
  const { ttl, absoluteSeconds, commandTimeoutMs, scanCount } = options;
  const mistakes: string[] = schemaMistakes(options.schema);
  const expect = (ok: boolean, mistake: string) => {
    if (!ok) mistakes.push(mistake);
  };
  expect(
    ttl === undefined || typeof ttl === 'function' || isPositive(ttl),
    `ttl: ${String(ttl)}; it must be a finite number of seconds greater than 0, or a function that returns one; for sessions that never expire use disableTTL`,
  );
  expect(
    absoluteSeconds === undefined || absoluteSeconds === 0 || isPositive(absoluteSeconds),
    'absoluteSeconds: must be a number greater than 0, or 0 for no limit',
  );
  expect(
    commandTimeoutMs === undefined || isPositive(commandTimeoutMs),
    'commandTimeoutMs: must be a number greater than 0',
  );
  expect(
    scanCount === undefined || (Number.isInteger(scanCount) && scanCount > 0),
    'scanCount: must be a whole number greater than 0',
  );
  if (mistakes.length > 0) throw new SessionConfigError(mistakes);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
