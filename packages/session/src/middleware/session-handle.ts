import type { NextFunction, Request, Response } from 'express';
import { clearedCookie, sessionCookie } from '../cookie/session-cookie.js';
import { reportError } from '../errors/report-error.js';
import { SessionEndedError, SessionError, UnauthenticatedError } from '../errors/session-error.js';
import type { SessionUser } from '../session-data.js';
import type { Authenticated } from '../sessions.js';
import { applyDelta, type Delta, findDelta } from '../store/delta.js';
import { type SessionKey, sidFor } from '../store/keyspace.js';
import type { Lookup, SessionRecord } from '../store/session-record.js';
import { openRecord } from '../store/session-schema.js';
import type { Change } from '../store/session-updater.js';
import { describeSession } from './describe-session.js';
import { logIn } from './log-in.js';
import { ManagedSession } from './managed-session.js';
import type { SessionEngine } from './session-engine.js';

const NOTHING: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/**
 * The session of one request. `new`: none yet, the first write creates one. `ended`: the request's sid was ended just
 * now, so a write is refused, since creating one would hand a fresh cookie to a client that has, or just lost, another.
 */
export class SessionHandle {
  #state: 'new' | 'live' | 'ended' = 'new';
  #sid: string | undefined;
  #key: SessionKey | undefined;
  #record: SessionRecord | undefined;
  #baseline = NOTHING;
  #session: ManagedSession | undefined;
  #cookieLine: string | undefined;

  constructor(
    private readonly engine: SessionEngine,
    private readonly req: Request,
    private readonly res: Response,
    private readonly next: NextFunction,
  ) {}

  get sid(): string {
    this.#sid ??= sidFor();
    return this.#sid;
  }

  get secure(): boolean {
    return this.engine.options.secure;
  }

  /** The live, logged-in session, or null. */
  current(): Authenticated | null {
    if (this.#record === undefined) return null;
    return describeSession(this.#record, this.engine.options.serializer);
  }

  /** The request has no session cookie that we signed. */
  openNew(): void {
    this.#session = this.#expose({});
  }

  /** Takes over what was found under the sid of the request's cookie. */
  open(sid: string, key: SessionKey, found: Lookup): void {
    if (found.state === 'ended') this.#state = 'ended';
    if (found.state === 'live') {
      this.#adopt(sid, key, found.record);
      this.engine.touchIfDue(key, found.record.touchedAtMs);
    } else {
      this.openNew();
    }
  }

  /** Writes what the request changed, or undefined if that is nothing. */
  commit(): Promise<void> | undefined {
    // An application that took the session off the request wants it left as it is.
    if (this.#session === undefined || (this.req.session as unknown) !== this.#session) return undefined;
    let delta: Delta | undefined;
    try {
      delta = findDelta(this.#baseline, this.#session, this.engine.options.serializer);
    } catch (error) {
      return Promise.reject(error);
    }
    if (delta === undefined) return undefined;
    if (this.#state === 'ended') return Promise.reject(new SessionEndedError());
    return this.#state === 'new' ? this.#create(delta) : this.#write(delta);
  }

  /** Answers with the error in place of the handler. The cookie of a session that was just made or rotated is still sent. */
  refuse(error: unknown): void {
    if (this.res.headersSent) {
      this.lost(error);
      this.res.destroy();
      return;
    }
    const line = this.#cookieLine;
    if (line !== undefined && ![this.res.getHeader('set-cookie')].flat().includes(line)) this.#send(line);
    this.next(error);
  }

  lost(error: unknown): void {
    this.engine.metrics.lost += 1;
    // An outage is counted where it happened; anything else is a mistake that somebody has to find.
    if (!(error instanceof SessionError)) reportError('A session was not stored as its request left it', error);
  }

  async login(user: SessionUser): Promise<void> {
    const owner = this.#record?.owner;
    const isOwn = owner === undefined || owner.userId === user.id;
    const { sid, key, record } = await logIn(this.engine, {
      user,
      attributes: (isOwn && this.#session) || {},
      userAgent: this.req.headers['user-agent'] ?? '',
      replaces: this.#state === 'live' ? this.#key : undefined,
    });
    this.#adopt(sid, key, record);
    this.#sendCookie();
  }

  async rotate(): Promise<void> {
    const owner = this.#record?.owner;
    if (this.#key === undefined || this.#record === undefined || owner === undefined) throw new UnauthenticatedError();
    const from = this.#key;
    const sid = sidFor(owner.userId);
    const key = this.engine.keys.session(sid);
    this.engine.reader.forget(from);
    const rotated = await this.engine.repository.rotate(from, key, this.engine.options.idleMs);
    this.engine.reader.forget(from);
    if (!rotated) return this.#lose();
    // The same session under another name: what the request has changed so far is still to be written, there.
    this.#sid = sid;
    this.#key = key;
    this.req.sessionID = sid;
    this.#sendCookie();
  }

  /** Ends the session; without one, does nothing. */
  async end(): Promise<void> {
    const key = this.#key;
    if (this.#state === 'live' && key !== undefined) {
      this.engine.reader.forget(key);
      await this.engine.repository.end(key, 'logout');
      this.engine.reader.forget(key);
    }
    this.#state = 'ended';
    this.#record = undefined;
    this.#session = undefined;
    // As in express-session: there is no req.session any more.
    delete (this.req as Partial<Request>).session;
  }

  async logout(): Promise<void> {
    const hadSession = this.#state === 'live';
    await this.end();
    if (hadSession) this.res.appendHeader('set-cookie', clearedCookie(this.engine.options));
  }

  async regenerate(): Promise<void> {
    await this.end();
    this.#state = 'new';
    this.#sid = undefined;
    this.#key = undefined;
    this.#baseline = NOTHING;
    this.#session = this.#expose({});
  }

  async reload(): Promise<void> {
    const found = this.#key === undefined ? undefined : await this.engine.repository.read(this.#key);
    if (this.#key === undefined || found?.state !== 'live') throw new Error('failed to load session');
    this.#adopt(this.sid, this.#key, found.record);
  }

  async update(change: Change): Promise<void> {
    const session = this.#session as unknown as Record<string, unknown>;
    if (this.#state === 'ended') throw new SessionEndedError();
    // Not stored yet, so nobody else can be writing to it.
    if (this.#key === undefined) return await change(session);
    const { idleMs } = this.engine.options;
    this.engine.reader.forget(this.#key);
    const { values, delta } = await this.engine.updater.update(this.#key, idleMs, change);
    this.engine.reader.forget(this.#key);
    if (delta === undefined) return;
    for (const [name] of delta.set) session[name] = values[name];
    for (const name of delta.remove) delete session[name];
    this.#baseline = applyDelta(this.#baseline, delta);
  }

  async #create(delta: Delta): Promise<void> {
    // Too late to give the client the cookie, so nobody could ever use it.
    if (this.res.headersSent) return;
    const { options, keys, repository } = this.engine;
    const key = keys.session(this.sid);
    await repository.create(key, delta.set, { ttlMs: options.idleMs, absoluteMs: options.absoluteMs });
    this.#state = 'live';
    this.#key = key;
    this.#baseline = applyDelta(NOTHING, delta);
    this.#sendCookie();
  }

  async #write(delta: Delta): Promise<void> {
    const key = this.#key;
    if (key === undefined) return;
    if (this.#record?.owner !== undefined && touchesUser(delta)) {
      throw new Error('req.session.user is set by login and cannot be written; use another attribute');
    }
    this.engine.reader.forget(key);
    const result = await this.engine.repository.write(key, delta, this.engine.options.idleMs);
    this.engine.reader.forget(key);
    if (typeof result === 'string') return this.#lose();
    this.#baseline = applyDelta(this.#baseline, delta);
  }

  #adopt(sid: string, key: SessionKey, record: SessionRecord): void {
    const { serializer, schema } = this.engine.options;
    const { values, baseline } = openRecord(record, serializer, schema, ManagedSession.isReserved);
    this.#state = 'live';
    this.#sid = sid;
    this.#key = key;
    this.#record = record;
    this.#baseline = baseline;
    this.#session = this.#expose(values);
  }

  #expose(values: Readonly<Record<string, unknown>>): ManagedSession {
    const session = new ManagedSession(this, values);
    this.req.sessionID = this.sid;
    this.req.session = session as unknown as Request['session'];
    return session;
  }

  #sendCookie(): void {
    this.#send(sessionCookie(this.sid, this.engine.options));
  }

  #send(cookieLine: string): void {
    this.#cookieLine = cookieLine;
    this.res.appendHeader('set-cookie', cookieLine);
  }

  #lose(): never {
    this.#state = 'ended';
    this.#record = undefined;
    throw new SessionEndedError();
  }
}

function touchesUser(delta: Delta): boolean {
  return delta.remove.includes('user') || delta.set.some(([name]) => name === 'user');
}
