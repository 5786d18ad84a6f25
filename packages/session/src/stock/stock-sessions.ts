import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import type { Request, RequestHandler } from 'express';
import session, { type Store } from 'express-session';
import { clearedCookie, readSids } from '../cookie/session-cookie.js';
import { attachSessions } from '../current-session.js';
import { SessionUnavailableError, SessionUnsupportedError, UnauthenticatedError } from '../errors/session-error.js';
import { explainSession, originOf, type SessionExplanation } from '../http/explain-session.js';
import { refuseNameless } from '../middleware/log-in.js';
import { EndedListeners } from '../revocation/ended-listeners.js';
import type { SessionData, SessionIssue, SessionUser } from '../session-data.js';
import { emptyMetrics, type SessionMetrics } from '../session-metrics.js';
import type { ResolvedSessionOptions } from '../session-options.js';
import type { Authenticated, Devices, EndReason, SessionEnded, Sessions } from '../sessions.js';
import { storedText } from '../store/attribute-text.js';
import { guardGenerated, guardValues } from '../store/guard-values.js';
import { openStockStore, type StockStore } from './open-stock-store.js';

/**
 * express-session with its own MemoryStore, connect-redis or connect-memcached, unchanged: the references to compare with. They keep their
 * known faults: parallel writes lose updates, a late write revives a logout, an outage hangs, no devices, and a session
 * ended in another process is noticed only by the next request.
 */
export class StockSessions implements Sessions {
  readonly middleware: RequestHandler;
  readonly devices: Devices;
  private readonly store: Store;
  private readonly stock: StockStore;
  private readonly options: ResolvedSessionOptions;
  private readonly ended = new EndedListeners();
  private readonly counters = emptyMetrics();
  /** Requests whose session was past its absolute lifetime. */
  private readonly expired = new WeakSet<Request>();
  /** Requests that logged in or out, or were given another sid. */
  private readonly changed = new WeakSet<Request>();
  /** The sids of sessions, for `check`, which is given only the public facts. */
  private readonly sids = new WeakMap<Authenticated, string>();

  constructor(options: ResolvedSessionOptions) {
    this.options = options;
    this.stock = openStockStore(options);
    this.store = this.stock.store;
    guardGenerated(this.store, JSON);
    guardLoaded(this.store);
    this.devices = unsupportedDevices(options.store);
    const express = session({
      store: this.store,
      secret: [...options.secrets],
      name: options.cookieName,
      resave: false,
      saveUninitialized: false,
      rolling: options.rolling || options.store === 'memory',
      // Requests come through a gateway that ends TLS, so the configuration says whether a cookie is Secure; only
      // 'auto' asks Express.
      proxy: options.secure === 'auto' ? undefined : true,
      cookie: cookieOf(options),
    });
    this.middleware = (req, res, next) => {
      attachSessions(req, this);
      let loaded = NO_ATTRIBUTES;
      if (options.explain) explainSession(res, () => this.explain(req, loaded));
      express(req, res, (error?: unknown) => {
        if (error !== undefined && error !== null) return next(new SessionUnavailableError(error));
        if (options.explain) loaded = attributesText(req.session);
        if (!isPastItsLifetime(req.session)) return next();
        // The stock stores have no absolute lifetime.
        this.expired.add(req);
        loaded = NO_ATTRIBUTES;
        req.session.regenerate((failure) => next(failure));
      });
    };
  }

  async login(req: Request, user: SessionUser): Promise<void> {
    const createdAt = Date.now();
    const issued: SessionIssue = {
      id: randomBytes(16).toString('base64url'),
      createdAt,
      expiresAt: createdAt + this.options.absoluteMs,
    };
    refuseNameless(user);
    storedText({ user }, 'user', JSON);
    await this.renew(req, { user: { ...user }, issued });
    this.counters.created += 1;
  }

  async rotate(req: Request): Promise<void> {
    const { user, issued } = req.session;
    if (user === undefined || issued === undefined) throw new UnauthenticatedError();
    await this.renew(req, { user, issued });
  }

  async logout(req: Request): Promise<void> {
    const current = this.current(req);
    if (current === null) return;
    await confirmed((done) => req.session.destroy(done));
    this.changed.add(req);
    req.res?.append('set-cookie', clearedCookie(this.options, req.secure));
    this.counters.ended += 1;
    this.ended.emit({ sessionId: current.sessionId, userId: current.user.id, reason: 'logout', local: true });
  }

  current(req: Request): Authenticated | null {
    return this.describe(req.session, req.sessionID);
  }

  refusal(req: Request): UnauthenticatedError {
    if (this.expired.has(req)) return new UnauthenticatedError('session_expired');
    const [sent] = readSids(req.headers.cookie, this.options);
    // express-session gives a new sid to a request whose session the store does not have.
    const isUnknown = sent !== undefined && sent.sid !== req.sessionID;
    return new UnauthenticatedError(isUnknown ? 'session_unknown' : 'unauthenticated');
  }

  async authenticateUpgrade(req: IncomingMessage): Promise<Authenticated | null> {
    for (const { sid } of readSids(req.headers.cookie, this.options)) {
      const current = this.describe(await this.read(sid), sid);
      if (current !== null) return current;
    }
    return null;
  }

  onEnded(listener: (event: SessionEnded) => void): () => void {
    return this.ended.add(listener);
  }

  async check(current: Authenticated): Promise<boolean> {
    const sid = this.sids.get(current);
    return sid !== undefined && this.describe(await this.read(sid), sid) !== null;
  }

  watch(current: Authenticated, listener: (reason: EndReason) => void): () => void {
    return this.ended.add((event) => {
      if (event.sessionId === current.sessionId) listener(event.reason);
    });
  }

  async touch(): Promise<void> {
    // The stock stores touch on every request and know no other use of a session.
  }

  metrics(): SessionMetrics {
    return { ...this.counters, heldSessions: this.stock.held() };
  }

  async health(): Promise<void> {
    await this.stock.health();
  }

  async close(): Promise<void> {
    this.ended.clear();
    this.stock.close();
  }

  private async renew(req: Request, data: { user: SessionUser; issued: SessionIssue }): Promise<void> {
    await confirmed((done) => req.session.regenerate(done));
    Object.assign(req.session, data);
    await confirmed((done) => req.session.save(done));
    this.changed.add(req);
  }

  /** `loaded` is the text of the session as it came from the store. */
  private explain(req: Request, loaded: string): SessionExplanation {
    const from = originOf(this.options.store);
    if (this.changed.has(req) || attributesText(req.session) !== loaded) return { from, outcome: 'written' };
    const isFound = readSids(req.headers.cookie, this.options).some(({ sid }) => sid === req.sessionID);
    return { from, outcome: isFound ? 'read' : 'missing' };
  }

  private async read(sid: string): Promise<SessionData | null | undefined> {
    try {
      return await promisify<string, SessionData | null | undefined>(this.store.get.bind(this.store))(sid);
    } catch (error) {
      throw new SessionUnavailableError(error);
    }
  }

  private describe(data: Partial<SessionData> | null | undefined, sid: string): Authenticated | null {
    if (data?.user === undefined || data.issued === undefined || isPastItsLifetime(data)) return null;
    const idleEnd = Date.now() + this.options.idleMs;
    const current: Authenticated = {
      user: data.user,
      sessionId: data.issued.id,
      createdAt: new Date(data.issued.createdAt),
      expiresAt: new Date(Math.min(idleEnd, data.issued.expiresAt)),
    };
    this.sids.set(current, sid);
    return current;
  }
}

/** MemoryStore has no time to live except the cookie's, so there the cookie carries the idle time and is renewed. */
function cookieOf({ store, secure, sameSite, partitioned, domain, path, maxAgeMs, idleMs }: ResolvedSessionOptions) {
  const maxAge = maxAgeMs ?? (store === 'memory' ? idleMs : undefined);
  return {
    ...{ httpOnly: true, secure, sameSite, partitioned, path },
    ...(domain === undefined ? {} : { domain }),
    ...(maxAge === undefined ? {} : { maxAge }),
  };
}

function guardLoaded(store: Store): void {
  const createSession = store.createSession.bind(store);
  store.createSession = (req, data) => {
    const session = createSession(req, data);
    guardValues(req, JSON);
    return session;
  };
}

const NO_ATTRIBUTES = attributesText(undefined);

/** The part of a session that express-session compares to see a change: everything except its cookie. */
function attributesText(session: Request['session'] | undefined): string {
  return JSON.stringify({ ...session, cookie: undefined });
}

function isPastItsLifetime(data: Partial<SessionData> | null | undefined): boolean {
  return data?.issued !== undefined && data.issued.expiresAt <= Date.now();
}

async function confirmed(act: (done: (error?: unknown) => void) => void): Promise<void> {
  try {
    await promisify(act)();
  } catch (error) {
    throw new SessionUnavailableError(error);
  }
}

function unsupportedDevices(store: string): Devices {
  const refuse = (what: string) => async (): Promise<never> => {
    throw new SessionUnsupportedError(what, store);
  };
  return {
    list: refuse('Listing devices'),
    end: refuse('Ending one device'),
    endOthers: refuse('Ending other devices'),
    endAll: refuse('Ending all devices'),
  };
}
