import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { attachSessions } from './current-session.js';
import { RedisDevices } from './devices/redis-devices.js';
import { reportWarning } from './errors/report-error.js';
import { UnauthenticatedError } from './errors/session-error.js';
import { ExpirySweeper } from './expiry/expiry-sweeper.js';
import { describeSession } from './middleware/describe-session.js';
import { findSession } from './middleware/find-session.js';
import type { SessionEngine } from './middleware/session-engine.js';
import type { SessionHandle } from './middleware/session-handle.js';
import { sessionMiddleware } from './middleware/session-middleware.js';
import { type NearCache, openNearCache } from './near-cache/open-near-cache.js';
import { BoundedRedis } from './redis/bounded-redis.js';
import { openRedisPort } from './redis/open-redis-port.js';
import type { RedisClient } from './redis/redis-client.js';
import { EndedChannel } from './revocation/ended-channel.js';
import { EndedListeners } from './revocation/ended-listeners.js';
import { RecentlyExpired } from './revocation/recently-expired.js';
import { SessionWatch } from './revocation/session-watch.js';
import type { SessionUser } from './session-data.js';
import { emptyMetrics, type SessionMetrics } from './session-metrics.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { Authenticated, Devices, EndReason, SessionEnded, Sessions } from './sessions.js';
import { Keyspace } from './store/keyspace.js';
import { RedisReader } from './store/redis-reader.js';
import type { SessionReader } from './store/session-reader.js';
import { SessionRepository } from './store/session-repository.js';
import { storedVersion } from './store/session-schema.js';
import { SessionUpdater } from './store/session-updater.js';
import { ThrottledTouch } from './store/throttled-touch.js';
import { isTouchDue } from './store/touch-interval.js';

const RECHECK_MS = 30_000;
/** Longest time from the expiry of a session to its announcement; shorter where sessions are shorter. */
const MAX_SWEEP_MS = 5000;

const HANDLE = Symbol('session handle');
type WithHandle = Request & { [HANDLE]?: SessionHandle };

/** Our own store, `redis` and `cached`. */
export class RedisSessions implements Sessions {
  readonly middleware: RequestHandler;
  readonly devices: Devices;
  private readonly engine: SessionEngine;
  private readonly redis: BoundedRedis;
  private readonly channel: EndedChannel;
  private readonly nearCache: NearCache | undefined;
  private readonly sweeper: ExpirySweeper;
  private readonly listeners = new EndedListeners();
  private readonly watchers: SessionWatch;
  private readonly touchedAt = new WeakMap<Authenticated, number>();

  constructor(options: ResolvedSessionOptions, client: RedisClient) {
    const metrics = emptyMetrics();
    const expired = new RecentlyExpired();
    const keys = new Keyspace(`${options.prefix}session:`);
    const port = openRedisPort(client, 'redis');
    this.redis = new BoundedRedis(port, options.commandTimeoutMs, metrics);
    const repository = new SessionRepository(this.redis, keys, metrics, storedVersion(options.schema), options.idleMs);
    const touch = new ThrottledTouch(repository, options.idleMs);
    const nearCache = options.store === 'cached' ? openNearCache(port, repository, options, metrics) : undefined;
    const reader: SessionReader = nearCache?.reader ?? new RedisReader(repository, metrics);
    this.nearCache = nearCache;
    this.engine = {
      options,
      keys,
      reader,
      repository,
      updater: new SessionUpdater(repository, options.serializer, options.schema),
      metrics,
      hasExpired: ({ key }) => expired.has(key),
      touchIfDue: (key, touchedAtMs) => touch.ifDue(key, touchedAtMs),
    };
    this.devices = new RedisDevices(repository);
    this.middleware = sessionMiddleware(this.engine, (req, handle) => {
      attachSessions(req, this);
      (req as WithHandle)[HANDLE] = handle;
    });
    this.watchers = new SessionWatch((session) => this.whyOver(session), RECHECK_MS);
    this.channel = new EndedChannel(
      port,
      keys.endedChannel,
      (message) => {
        const key = keys.locate(message.bucket, message.id);
        reader.forget(key);
        if (message.reason === 'expired') expired.add(key.key);
        const { sessionId, userId, reason } = message;
        this.watchers.ended({ sessionId, reason });
        this.listeners.emit({ sessionId, userId, reason, local: message.origin === repository.origin });
      },
      () => {
        // A Redis that was restarted has forgotten the scripts.
        void repository.loadScripts();
        void this.watchers.recheckAll();
      },
    );
    void this.warnOfEviction();
    // Warns of missing permissions. A Redis that is away is reported by the first request.
    void this.health().catch(() => undefined);
    const sweepMs = Math.min(MAX_SWEEP_MS, Math.max(options.idleMs / 4, 50));
    this.sweeper = new ExpirySweeper(this.redis, keys, repository.origin, sweepMs);
  }

  async login(req: Request, user: SessionUser): Promise<void> {
    await this.handle(req).login(user);
  }

  async rotate(req: Request): Promise<void> {
    await this.handle(req).rotate();
  }

  async logout(req: Request): Promise<void> {
    await this.handle(req).logout();
  }

  current(req: Request): Authenticated | null {
    return (req as WithHandle)[HANDLE]?.current() ?? null;
  }

  refusal(req: Request): UnauthenticatedError {
    return new UnauthenticatedError((req as WithHandle)[HANDLE]?.absence);
  }

  async authenticateUpgrade(req: IncomingMessage): Promise<Authenticated | null> {
    const found = await findSession(this.engine, req.headers.cookie, false);
    if (found?.lookup.state !== 'live') return null;
    this.engine.touchIfDue(found.key, found.lookup.record.touchedAtMs);
    return describeSession(found.lookup.record, this.engine.options.serializer);
  }

  onEnded(listener: (event: SessionEnded) => void): () => void {
    return this.listeners.add(listener);
  }

  async check(session: Authenticated): Promise<boolean> {
    return (await this.whyOver(session)) === null;
  }

  watch(session: Authenticated, listener: (reason: EndReason) => void): () => void {
    return this.watchers.add(session, listener);
  }

  async touch(session: Authenticated): Promise<void> {
    const { idleMs } = this.engine.options;
    const now = Date.now();
    if (!isTouchDue(this.touchedAt.get(session) ?? 0, now, idleMs)) return;
    this.touchedAt.set(session, now);
    const owned = await this.find(session);
    if (owned !== undefined) await this.engine.repository.touch(owned.key, idleMs);
  }

  metrics(): SessionMetrics {
    return { ...this.engine.metrics };
  }

  async health(): Promise<void> {
    await this.engine.repository.checkPermissions(this.nearCache !== undefined);
  }

  async close(): Promise<void> {
    this.sweeper.close();
    this.watchers.close();
    this.channel.close();
    this.nearCache?.close();
    this.listeners.clear();
    this.redis.close();
  }

  /** Warns the operator before the first user is logged out. */
  private async warnOfEviction(): Promise<void> {
    const policy = await this.engine.repository.index.evictionPolicy().catch(() => undefined);
    if (policy === undefined || policy === 'unknown') return;
    reportWarning(
      `Redis deletes keys when its memory is full (maxmemory-policy ${policy}), so sessions end early and users are logged out. Set maxmemory-policy noeviction, or give sessions a Redis of their own.`,
    );
  }

  private handle(req: Request): SessionHandle {
    const handle = (req as WithHandle)[HANDLE];
    if (handle === undefined) throw new Error('The session middleware has not seen this request; use it first');
    return handle;
  }

  /** Looks the session up by its public id, since a rotation gives it another sid. */
  private async find(session: Authenticated) {
    const { repository } = this.engine;
    const userId = session.user.id;
    const find = async () =>
      (await repository.listOfUser(userId)).find(({ publicId }) => publicId === session.sessionId);
    const found = await find();
    if (found !== undefined || (await repository.index.evictionPolicy()) === undefined) return found;
    // The entry in the user's index may have been evicted while the session lives.
    await repository.index.complete(userId, 'recent');
    return await find();
  }

  private async whyOver(session: Authenticated): Promise<EndReason | null> {
    // The announcement gave the reason of the end. If it was lost, only the absence of the session is known.
    return (await this.find(session)) === undefined ? 'expired' : null;
  }
}
