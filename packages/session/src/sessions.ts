import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { UnauthenticatedError } from './errors/session-error.js';
import type { SessionUser } from './session-data.js';
import type { SessionMetrics } from './session-metrics.js';

/** The reason why a session ended. */
export type EndReason = 'logout' | 'revoked' | 'expired' | 'password-changed' | 'replaced';

/** A live session as other code may see it: `sessionId` is its public id, never the sid of the cookie. */
export interface Authenticated {
  readonly user: SessionUser;
  readonly sessionId: string;
  readonly createdAt: Date;
  /** The time when the session is over if it is not used again. */
  readonly expiresAt: Date;
}

/** A session of a user as its owner sees it in a device list. */
export interface Device {
  /** The session's public id. */
  readonly id: string;
  readonly createdAt: Date;
  /** Accurate to a tenth of the idle time: touches are throttled. */
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  /** User-Agent of the login, at most 256 characters. */
  readonly userAgent?: string;
}

export interface SessionEnded {
  /** Public id. */
  readonly sessionId: string;
  readonly userId: string;
  readonly reason: EndReason;
  /** True only in the process that ended it: record or publish there, react everywhere. */
  readonly local: boolean;
}

/** Device operations. With the stock stores each rejects with `SessionUnsupportedError` (501). */
export interface Devices {
  /** Live sessions of the user, newest first. Costs in proportion to the user's own sessions only. */
  list(userId: string): Promise<Device[]>;
  /** True if that session was alive and is now ended everywhere. */
  end(userId: string, sessionId: string, reason: EndReason): Promise<boolean>;
  /** Ends all but one; resolves to the number ended. */
  endOthers(userId: string, keepSessionId: string, reason: EndReason): Promise<number>;
  /** Ends all; resolves to the number ended. */
  endAll(userId: string, reason: EndReason): Promise<number>;
}

/**
 * The session layer of one process. Every method may reject with `SessionUnavailableError` (503). A class rather than an
 * interface only so that it can be an injection token.
 */
export abstract class Sessions {
  /** Cookie → `req.session`, with express-session's API. A request without a session cookie never waits for Redis. */
  abstract readonly middleware: RequestHandler;
  /**
   * Gives the request a new sid and makes it the user's session; resolves only after the store confirmed, and only then
   * sets the cookie. The old sid is dead. Attributes of an anonymous session, or of the same user's, move along.
   * Rejects with `SessionLimitError` at the cap under `refuse`. Every field of `user` is kept; a value that JSON cannot take is
   * refused with `SessionValueError`.
   */
  abstract login<User extends SessionUser>(req: Request, user: User): Promise<void>;
  /** Gives the session a new sid, keeping its public id and attributes; for password changes. 401 without a session. */
  abstract rotate(req: Request): Promise<void>;
  /** Ends the session everywhere and clears the cookie, after the store confirmed. No session: does nothing. */
  abstract logout(req: Request): Promise<void>;
  /** The live, logged-in session of a request that passed `middleware`, or null. */
  abstract current(req: Request): Authenticated | null;
  /** The reason why `current` is null, as the 401 to answer with. Its `code` tells no session, unknown, ended and expired apart. */
  abstract refusal(req: Request): UnauthenticatedError;
  /** For WebSocket upgrades: the session of the request's cookie, or null. Each call sends at most one Redis command. */
  abstract authenticateUpgrade(req: IncomingMessage): Promise<Authenticated | null>;
  abstract readonly devices: Devices;
  /** Called in every process for each session that ends, wherever it was ended. Returns the unsubscriber. */
  abstract onEnded(listener: (event: SessionEnded) => void): () => void;
  /** Asks the store whether the session is still alive. */
  abstract check(session: Authenticated): Promise<boolean>;
  /**
   * Calls `listener` once when the session is over, by revocation message, absolute expiry, or a re-check every
   * 30 seconds that catches a lost message. For open sockets. Returns the unsubscriber.
   */
  abstract watch(session: Authenticated, listener: (reason: EndReason) => void): () => void;
  /** Counts activity outside HTTP requests, such as a chat message, as use of the session. Throttled. */
  abstract touch(session: Authenticated): Promise<void>;
  abstract metrics(): SessionMetrics;
  /** Resolves when the store can be read; rejects with the reason otherwise. */
  abstract health(): Promise<void>;
  /** Closes the connections this object opened; the given Redis client stays open. */
  abstract close(): Promise<void>;
}
