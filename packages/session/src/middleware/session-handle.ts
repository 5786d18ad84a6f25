import type { NextFunction, Request, Response } from 'express';
import { reportError } from '../errors/report-error.js';
import { type Absence, SessionEndedError, SessionError, UnauthenticatedError } from '../errors/session-error.js';
import { originOf, type SessionExplanation } from '../http/explain-session.js';
import type { HeldResponse } from '../http/hold-response.js';
import type { SessionCookieSettings } from '../options/cookie-options.js';
import type { SessionUser } from '../session-data.js';
import type { Authenticated } from '../sessions.js';
import { applyDelta, type Delta, findDelta } from '../store/delta.js';
import { type SessionKey, sidFor } from '../store/keyspace.js';
import type { Lookup, SessionRecord } from '../store/session-record.js';
import { baselineOfNew, openRecord } from '../store/session-schema.js';
import type { Change } from '../store/session-updater.js';
import { describeSession } from './describe-session.js';
import type { FoundSession } from './find-session.js';
import { logIn } from './log-in.js';
import { ManagedSession, type SessionActions } from './managed-session.js';
import { ResponseCookie } from './response-cookie.js';
import type { SessionEngine } from './session-engine.js';

/**
 * The session of one request. `new`: there is no session yet, and the first write creates one. `ended`: the sid of the request was
 * ended a moment ago, so a write is refused; a session created now would replace the cookie that a login has just set.
 */
export class SessionHandle implements SessionActions, HeldResponse {
  private state: 'new' | 'live' | 'ended' = 'new';
  private ownSid: string | undefined;
  private key: SessionKey | undefined;
  private record: SessionRecord | undefined;
  private baseline: Readonly<Record<string, string>>;
  private session: ManagedSession | undefined;
  private readonly cookie: ResponseCookie;
  /** The response's duty towards the cookie that the request sent. */
  private cookieDuty: 'none' | 'renew' | 'sign anew' | 'clear' = 'none';
  private whyAbsent: Absence = 'unauthenticated';
  /** Undefined when no session was looked up. */
  private inProcess: boolean | undefined;
  private written = false;

  constructor(
    private readonly engine: SessionEngine,
    private readonly req: Request,
    private readonly res: Response,
    private readonly next: NextFunction,
  ) {
    this.cookie = new ResponseCookie(req, res, engine.options);
    this.baseline = this.baselineOfNew();
  }

  get sid(): string {
    this.ownSid ??= sidFor();
    return this.ownSid;
  }

  get cookieSettings(): SessionCookieSettings {
    return this.engine.options;
  }

  /** The reason why `current` is null, as far as is known. */
  get absence(): Absence {
    return this.whyAbsent;
  }

  /** The place where the session was looked for, and the use that this request made of it. */
  explain(): SessionExplanation {
    const key = this.record === undefined ? undefined : this.key?.key;
    if (this.written) return { from: 'redis', outcome: 'written', key };
    const from = this.inProcess === undefined ? originOf(this.engine.options.store) : 'redis';
    return { from: this.inProcess === true ? 'near-cache' : from, outcome: this.record ? 'read' : 'missing', key };
  }

  /** The live, logged-in session, or null. */
  current(): Authenticated | null {
    if (this.record === undefined) return null;
    return describeSession(this.record, this.engine.options.serializer);
  }

  /** The request has no session cookie that we signed. */
  openNew(): void {
    this.session = this.expose({});
  }

  /** Opens the session that was found for the cookie of the request; `inProcess`: the near cache had it. */
  open({ signed, key, lookup }: FoundSession, inProcess: boolean): void {
    this.inProcess = inProcess;
    if (lookup.state === 'live') {
      this.adopt(signed.sid, key, lookup.record);
      this.engine.touchIfDue(key, lookup.record.touchedAtMs);
      if (signed.isOldKey) this.cookieDuty = 'sign anew';
      else if (this.engine.options.rolling) this.cookieDuty = 'renew';
      return;
    }
    if (lookup.state === 'ended') this.whyAbsent = wasRevoked(lookup) ? 'session_revoked' : 'session_ended';
    else this.whyAbsent = this.engine.hasExpired(key) ? 'session_expired' : 'session_unknown';
    if (lookup.state === 'ended') this.state = 'ended';
    if (!hasSuccessor(lookup)) this.cookieDuty = 'clear';
    this.openNew();
  }

  /** Writes the changes of the request and sets the cookie if that is due; undefined if there is nothing to wait for. */
  commit(): Promise<void> | undefined {
    return this.commitChanges() ?? this.settleCookie();
  }

  private commitChanges(): Promise<void> | undefined {
    // An application that removes the session from the request leaves the stored one as it is.
    if (this.session === undefined || (this.req.session as unknown) !== this.session) return undefined;
    let delta: Delta | undefined;
    try {
      delta = findDelta(this.baseline, this.session, this.engine.options.serializer);
    } catch (error) {
      return Promise.reject(error);
    }
    if (delta === undefined) return undefined;
    if (this.state === 'ended') return Promise.reject(new SessionEndedError());
    return this.state === 'new' ? this.create(delta) : this.write(delta);
  }

  /** Answers with the error in place of the handler. The cookie of a session that was just made or rotated is still sent. */
  refuse(error: unknown): void {
    if (this.res.headersSent) {
      this.lost(error);
      this.res.destroy();
      return;
    }
    this.cookie.restore();
    this.next(error);
  }

  lost(error: unknown): void {
    this.engine.metrics.lost += 1;
    // An outage is counted where it happened; anything else is a mistake in the application.
    if (!(error instanceof SessionError)) reportError('A session was not stored as its request left it', error);
  }

  async login(user: SessionUser): Promise<void> {
    this.refuseLate('login');
    const owner = this.record?.owner;
    const isOwn = owner === undefined || owner.userId === user.id;
    const { sid, key, record } = await logIn(this.engine, {
      user,
      attributes: (isOwn && this.session) || {},
      userAgent: this.req.headers['user-agent'] ?? '',
      replaces: this.state === 'live' ? this.key : undefined,
    });
    this.written = true;
    this.adopt(sid, key, record);
    this.sendCookie();
  }

  async rotate(): Promise<void> {
    this.refuseLate('rotate');
    const owner = this.record?.owner;
    if (this.key === undefined || this.record === undefined || owner === undefined) throw new UnauthenticatedError();
    const from = this.key;
    const sid = sidFor(owner.userId);
    const key = this.engine.keys.session(sid);
    this.engine.reader.forget(from);
    const rotated = await this.engine.repository.rotate(from, key, this.engine.options.idleMs);
    this.engine.reader.forget(from);
    if (!rotated) return this.lose();
    this.written = true;
    // The same session has another sid now; the changes of this request are still to be written, under that sid.
    this.ownSid = sid;
    this.key = key;
    this.req.sessionID = sid;
    this.sendCookie();
  }

  /** Ends the session; without one, does nothing. */
  async end(): Promise<void> {
    const key = this.key;
    if (this.state === 'live' && key !== undefined) {
      this.engine.reader.forget(key);
      await this.engine.repository.end(key, 'logout');
      this.engine.reader.forget(key);
      this.written = true;
    }
    this.whyAbsent = 'session_ended';
    this.state = 'ended';
    this.record = undefined;
    this.session = undefined;
    // There is no req.session any more, as in express-session.
    delete (this.req as Partial<Request>).session;
  }

  async logout(): Promise<void> {
    const hadCookie = this.state === 'live' || this.cookieDuty === 'clear';
    await this.end();
    if (hadCookie && !this.res.headersSent) this.cookie.clear();
  }

  async regenerate(): Promise<void> {
    await this.end();
    this.state = 'new';
    this.ownSid = undefined;
    this.key = undefined;
    this.baseline = this.baselineOfNew();
    this.session = this.expose({});
  }

  async reload(): Promise<void> {
    const found = this.key === undefined ? undefined : await this.engine.repository.read(this.key);
    if (this.key === undefined || found?.state !== 'live') throw new Error('failed to load session');
    this.adopt(this.sid, this.key, found.record);
  }

  async update(change: Change): Promise<void> {
    const session = this.session as unknown as Record<string, unknown>;
    if (this.state === 'ended') throw new SessionEndedError();
    // The session is not stored yet, so no other request can write to it.
    if (this.key === undefined) return await change(session);
    const { idleMs } = this.engine.options;
    this.engine.reader.forget(this.key);
    const { values, delta } = await this.engine.updater.update(this.key, idleMs, change);
    this.engine.reader.forget(this.key);
    if (delta === undefined) return;
    this.written = true;
    const { set, remove } = delta.seen ?? delta;
    for (const [name] of set) session[name] = values[name];
    for (const name of remove) delete session[name];
    this.baseline = applyDelta(this.baseline, delta);
  }

  private async create(delta: Delta): Promise<void> {
    // The client could not get the cookie any more, so the session could never be used.
    if (this.res.headersSent) return;
    const { options, keys, repository } = this.engine;
    const key = keys.session(this.sid);
    await repository.create(key, delta.set, { ttlMs: options.idleMs, absoluteMs: options.absoluteMs });
    this.written = true;
    this.state = 'live';
    this.key = key;
    this.baseline = applyDelta(this.baseline, delta);
    this.sendCookie();
  }

  private async write(delta: Delta): Promise<void> {
    const key = this.key;
    if (key === undefined) return;
    if (this.record?.owner !== undefined && touchesUser(delta.seen ?? delta)) {
      throw new Error('req.session.user is set by login and cannot be written; use another attribute');
    }
    this.engine.reader.forget(key);
    const result = await this.engine.repository.write(key, delta, this.engine.options.idleMs);
    this.engine.reader.forget(key);
    if (typeof result === 'string') return this.lose();
    this.written = true;
    this.baseline = applyDelta(this.baseline, delta);
    if (!this.res.headersSent && (this.cookieDuty === 'renew' || this.cookieDuty === 'sign anew')) this.sendCookie();
  }

  private settleCookie(): Promise<void> | undefined {
    const duty = this.cookieDuty;
    if (duty === 'none' || this.cookie.isDecided || this.res.headersSent) return undefined;
    if (duty !== 'clear') return this.sendIfAlive();
    this.cookie.clear();
    return undefined;
  }

  /** Reads the session once more, so that a late response does not replace the cookie of a session that was rotated. */
  private async sendIfAlive(): Promise<void> {
    if (this.key === undefined) return;
    try {
      const found = await this.engine.repository.read(this.key);
      if (found.state === 'live' && !this.cookie.isDecided) this.sendCookie();
    } catch (error) {
      // The old cookie is still good; the next request tries again.
      if (!(error instanceof SessionError)) throw error;
    }
  }

  private adopt(sid: string, key: SessionKey, record: SessionRecord): void {
    const { serializer, schema } = this.engine.options;
    const { values, baseline } = openRecord(record, serializer, schema, ManagedSession.isReserved);
    this.state = 'live';
    this.ownSid = sid;
    this.key = key;
    this.record = record;
    this.baseline = baseline;
    this.session = this.expose(values);
  }

  private expose(values: Readonly<Record<string, unknown>>): ManagedSession {
    const session = new ManagedSession(this, values);
    this.req.sessionID = this.sid;
    this.req.session = session as unknown as Request['session'];
    return session;
  }

  private baselineOfNew(): Readonly<Record<string, string>> {
    const { serializer, schema } = this.engine.options;
    return baselineOfNew(serializer, schema);
  }

  private sendCookie(): void {
    this.cookieDuty = 'none';
    this.cookie.send(this.sid);
  }

  /** Throws when the cookie could not reach the browser any more. */
  private refuseLate(call: string): void {
    if (this.res.headersSent)
      throw new Error(`sessions.${call} came after the response had begun, too late for its cookie`);
  }

  private lose(): never {
    this.whyAbsent = 'session_ended';
    this.state = 'ended';
    this.record = undefined;
    throw new SessionEndedError();
  }
}

/** The browser may have the successor's cookie by now, which a clearing response that comes late would remove. */
function hasSuccessor(lookup: Lookup): boolean {
  return lookup.state === 'ended' && (lookup.reason === 'rotated' || lookup.reason === 'replaced');
}

/** Ended from elsewhere, and not by this browser's own logout or next login. */
function wasRevoked({ reason }: Extract<Lookup, { state: 'ended' }>): boolean {
  return reason === 'revoked' || reason === 'password-changed';
}

function touchesUser(delta: Delta): boolean {
  return delta.remove.includes('user') || delta.set.some(([name]) => name === 'user');
}
