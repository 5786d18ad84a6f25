import type { Request } from 'express';
import { type SessionData, Store } from 'express-session';
import { callBack } from '../errors/call-back.js';
import { BoundedRedis } from '../redis/bounded-redis.js';
import { openRedisPort } from '../redis/open-redis-port.js';
import type { RedisClient } from '../redis/redis-client.js';
import { emptyMetrics, type SessionMetrics } from '../session-metrics.js';
import { applyDelta, type Delta, findDelta } from './delta.js';
import { guardGenerated, guardValues } from './guard-values.js';
import { Keyspace, type SessionKey } from './keyspace.js';
import { type Origin, Provenance } from './provenance.js';
import type { Serializer } from './serializer.js';
import { locateReference, referenceTo, SessionListing } from './session-listing.js';
import type { SessionRecord } from './session-record.js';
import { SessionRepository } from './session-repository.js';
import { baselineOfNew, openRecord, type SessionSchema, storedVersion } from './session-schema.js';
import { type Change, SessionUpdater } from './session-updater.js';
import { checkStoreOptions, type RedisSessionStoreOptions } from './store-options.js';
import { secondsToMs, type TimeToLive, timeToLiveMs } from './time-to-live.js';
import { touchIntervalMs } from './touch-interval.js';

type Callback<Result = void> = (error: unknown, result?: Result) => void;

/** Uses within this time are one touch. It is shorter than the seconds in which the cookie and `ttl` count. */
const MAX_TOUCH_INTERVAL_MS = 100;

/**
 * A store for express-session in place of connect-redis: `session({ store: new RedisSessionStore({ client }) })`. On
 * connect-redis's data `migrate` keeps its users logged in.
 * Methods take a callback or return a promise. Failures of Redis are `SessionUnavailableError`, within
 * `commandTimeoutMs`.
 *
 * Different from connect-redis: only changed attributes are written; a session that was destroyed is not brought back by
 * a request still under way; uses within 100 milliseconds (or a tenth of the time to live) are one touch; and since Redis holds a hash
 * instead of the sid, `ids` and `all` give references, which `destroy` takes, rather than sids.
 */
export class RedisSessionStore extends Store {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly ttl: TimeToLive;
  readonly scanCount: number;
  readonly serializer: Serializer;
  readonly disableTouch: boolean;
  readonly disableTTL: boolean;
  private readonly schema: SessionSchema | undefined;
  private readonly absoluteMs: number;
  private readonly keys: Keyspace;
  private readonly redis: BoundedRedis;
  private readonly repository: SessionRepository;
  private readonly updater: SessionUpdater;
  private readonly listing: SessionListing;
  private readonly provenance = new Provenance();
  private readonly counters = emptyMetrics();

  constructor(options: RedisSessionStoreOptions) {
    super();
    checkStoreOptions(options);
    this.client = options.client;
    this.prefix = options.prefix ?? 'sess:';
    this.ttl = options.ttl ?? 86_400;
    this.scanCount = options.scanCount ?? 100;
    this.serializer = options.serializer ?? JSON;
    this.disableTouch = options.disableTouch ?? false;
    this.disableTTL = options.disableTTL ?? false;
    this.schema = options.schema;
    this.absoluteMs = secondsToMs('absoluteSeconds:', options.absoluteSeconds ?? 0);
    this.keys = new Keyspace(this.prefix);
    this.redis = new BoundedRedis(
      openRedisPort(options.client, 'client'),
      options.commandTimeoutMs ?? 500,
      this.counters,
    );
    this.repository = new SessionRepository(this.redis, this.keys, this.counters, storedVersion(options.schema));
    this.listing = new SessionListing(this.redis, this.keys, this.scanCount);
    this.updater = new SessionUpdater(this.repository, this.serializer, options.schema);
    guardGenerated(this, this.serializer);
  }

  override get(sid: string, done?: Callback<SessionData | null>): Promise<SessionData | null> {
    return answer(this.read(this.keys.session(sid)), done);
  }

  /** Creates a session that the store has not seen. Writes the changes of one that it handed out, if that is still alive. */
  override set(sid: string, session: SessionData, done?: Callback): Promise<void> {
    return answer(this.write(this.keys.session(sid), session), done);
  }

  override touch(sid: string, session: SessionData, done?: Callback): Promise<void> {
    return answer(this.touchIfDue(this.keys.session(sid), session), done);
  }

  /** Takes a sid, or a reference from `ids` or `all`. */
  override destroy(sid: string, done?: Callback): Promise<void> {
    return answer(this.delete(locateReference(sid, this.keys) ?? this.keys.session(sid)), done);
  }

  override clear(done?: Callback): Promise<void> {
    return answer(this.listing.clear(), done);
  }

  override length(done?: Callback<number>): Promise<number> {
    const count = this.listing.all().then((keys) => keys.length);
    return answer(count, done);
  }

  /** The reference by which `ids` and `all` name the session of a sid. */
  reference(sid: string): string {
    return referenceTo(this.keys.session(sid));
  }

  /** References of all sessions. */
  ids(done?: Callback<string[]>): Promise<string[]> {
    const references = this.listing.all().then((keys) => keys.map(referenceTo));
    return answer(references, done);
  }

  /** All sessions, each with its reference as `id`. */
  override all(done?: Callback<SessionData[]>): Promise<SessionData[]> {
    return answer(this.readAll(), done);
  }

  /** Changes a stored session by read-modify-write, without a lost update; see `session.update` of `createSessions`. */
  async update(sid: string, change: Change): Promise<void> {
    const key = this.keys.session(sid);
    const session = await this.read(key);
    await this.updater.update(key, session === null ? 0 : this.lifetimeMs(key, session), change);
  }

  /** Makes `req.session`; express-session calls it with the value that `get` gave it. */
  override createSession(req: Request, data: SessionData): ReturnType<Store['createSession']> {
    const session = super.createSession(req, data);
    this.provenance.pass(data, session);
    guardValues(req, this.serializer);
    return session;
  }

  metrics(): SessionMetrics {
    return { ...this.counters };
  }

  private async read(key: SessionKey): Promise<SessionData | null> {
    this.counters.misses += 1;
    const found = await this.repository.read(key);
    if (found.state !== 'live') return null;
    return this.open(key, found.record);
  }

  private open(key: SessionKey, record: SessionRecord): SessionData {
    const { values, baseline } = openRecord(record, this.serializer, this.schema);
    // A session made by `createSessions` has no cookie of its own, and express-session needs one.
    const session = { cookie: { originalMaxAge: null }, ...values } as SessionData;
    const { touchedAtMs, expiresAtMs } = record;
    this.provenance.remember(session, {
      ...{ key, baseline, touchedAtMs, expiresAtMs, cookieExpiresMs: cookieExpiresMs(session) },
    });
    return session;
  }

  private async write(key: SessionKey, session: SessionData): Promise<void> {
    const ttlMs = this.lifetimeMs(key, session);
    if (ttlMs <= 0 && !this.disableTTL) return await this.delete(key);
    const origin = this.provenance.of(session, key);
    const delta = this.changes(origin, session);
    if (origin === undefined) {
      await this.repository.create(key, delta?.set ?? [], {
        ttlMs: this.storedMs(ttlMs),
        absoluteMs: this.absoluteMs,
      });
    } else if (delta === undefined) {
      // This call stores a cookie that expires at another time, and does not leave that to the next touch.
      const isMoved = origin.cookieExpiresMs !== cookieExpiresMs(session);
      return await (isMoved ? this.prolong(key, session, ttlMs) : this.touchIfDue(key, session));
    } else if (typeof (await this.repository.write(key, delta, this.storedMs(ttlMs))) === 'string') {
      // The session was destroyed meanwhile. The changes of this request went with it, as if written just before.
      return;
    }
    const baseline = applyDelta(
      origin?.baseline ?? baselineOfNew(this.serializer, this.schema),
      delta ?? { set: [], remove: [] },
    );
    this.remember(key, session, baseline, ttlMs);
  }

  /** The cookie's expiry moves with every request. By itself it is not a change: `touch` stores it. */
  private changes(origin: Origin | undefined, session: SessionData): Delta | undefined {
    const delta = findDelta(
      origin?.baseline ?? baselineOfNew(this.serializer, this.schema),
      session,
      this.serializer,
      'cookie',
    );
    const cookie = this.serializer.stringify(session.cookie);
    const stored = origin?.baseline.cookie;
    if (cookie === undefined || (delta === undefined && stored !== undefined && this.isSameCookie(stored, session))) {
      return delta;
    }
    return findDelta(origin?.baseline ?? baselineOfNew(this.serializer, this.schema), session, this.serializer);
  }

  private isSameCookie(stored: string, session: SessionData): boolean {
    const settings = (cookie: unknown) => JSON.stringify({ ...(cookie as object), expires: undefined });
    return settings(this.serializer.parse(stored)) === settings(JSON.parse(JSON.stringify(session.cookie)));
  }

  private async touchIfDue(key: SessionKey, session: SessionData): Promise<void> {
    if (this.disableTouch || this.disableTTL) return;
    const ttlMs = this.lifetimeMs(key, session);
    if (ttlMs <= 0) return await this.delete(key);
    const origin = this.provenance.of(session, key);
    const now = Date.now();
    const intervalMs = graceMs(ttlMs);
    const isMoved = origin !== undefined && Math.abs(now + ttlMs - origin.expiresAtMs) > intervalMs + 1000;
    if (origin !== undefined && !isMoved && now - origin.touchedAtMs < intervalMs) return;
    await this.prolong(key, session, ttlMs);
  }

  /** Moves the stored expiry of the record, and the cookie's with it. */
  private async prolong(key: SessionKey, session: SessionData, ttlMs: number): Promise<void> {
    const origin = this.provenance.of(session, key);
    const cookie = this.serializer.stringify(session.cookie);
    const texts = cookie === undefined ? [] : [origin?.baseline.cookie ?? '', cookie];
    await this.repository.touch(key, this.storedMs(ttlMs), texts);
    if (origin === undefined) return;
    const set = cookie === undefined ? [] : [['cookie', cookie] as const];
    this.remember(key, session, applyDelta(origin.baseline, { set, remove: [] }), ttlMs);
  }

  private remember(key: SessionKey, session: SessionData, baseline: Origin['baseline'], ttlMs: number): void {
    const touchedAtMs = Date.now();
    const expiresAtMs = this.disableTTL ? Number.POSITIVE_INFINITY : touchedAtMs + ttlMs;
    this.provenance.remember(session, {
      ...{ key, baseline, touchedAtMs, expiresAtMs, cookieExpiresMs: cookieExpiresMs(session) },
    });
  }

  private async delete(key: SessionKey): Promise<void> {
    if ((await this.redis.run(key.key, (redis) => redis.del(key.key))) > 0) this.counters.ended += 1;
  }

  private async readAll(): Promise<SessionData[]> {
    const sessions: SessionData[] = [];
    for (const key of await this.listing.all()) {
      const session = await this.read(key);
      if (session !== null) sessions.push(Object.assign(session, { id: referenceTo(key) }));
    }
    return sessions;
  }

  /** A session in use has its whole lifetime ahead: express-session moves the cookie's expiry only at the end of a request. */
  private lifetimeMs(key: SessionKey, session: SessionData): number {
    if (this.disableTTL) return 0;
    const now = Date.now();
    const lifetimeMs = timeToLiveMs(session, this.ttl, now);
    const origin = this.provenance.of(session, key);
    const { originalMaxAge } = session.cookie ?? {};
    if (origin === undefined || typeof this.ttl === 'function' || this.disableTouch) return lifetimeMs;
    if (typeof originalMaxAge !== 'number' || origin.cookieExpiresMs === undefined) return lifetimeMs;
    return origin.cookieExpiresMs === cookieExpiresMs(session) ? Math.max(lifetimeMs, originalMaxAge) : lifetimeMs;
  }

  /** The time in Redis. It includes the time in which a use is not told to Redis, so that no session is over early. */
  private storedMs(ttlMs: number): number {
    return this.disableTTL || this.disableTouch ? ttlMs : ttlMs + graceMs(ttlMs);
  }
}

function graceMs(ttlMs: number): number {
  return Math.min(touchIntervalMs(ttlMs), MAX_TOUCH_INTERVAL_MS);
}

function cookieExpiresMs({ cookie }: SessionData): number | undefined {
  return cookie?.expires ? Number(new Date(cookie.expires)) : undefined;
}

/** Answers as connect-redis does: a callback gets the outcome and the promise resolves; without a callback the promise carries it. */
function answer<Result>(work: Promise<Result>, done: Callback<Result> | undefined): Promise<Result> {
  if (done === undefined) return work;
  return work.then(
    (result) => {
      callBack(done, null, result);
      return result;
    },
    (error: unknown) => {
      callBack(done, error);
      return undefined as Result;
    },
  );
}
