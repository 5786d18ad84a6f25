import type { SessionData as ExpressSessionData } from 'express-session';

/**
 * The logged-in user, as every service sees it. `login` keeps every field it is given; add yours
 * by `declare module '@holdfast/session' { interface SessionUser { readonly role: string } }`.
 */
export interface SessionUser {
  readonly id: string;
  readonly name: string;
}

/** Public facts of a session, kept as an attribute by the stock stores, which have no place of their own for them. */
export interface SessionIssue {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

declare module 'express-session' {
  interface SessionData {
    /** Set by `login`; read it, never write it. */
    user?: SessionUser;
    /** Set only with the stock stores (`memory`, `connect-redis`, `memcached`). */
    issued?: SessionIssue;
  }

  interface Session {
    /**
     * Read-modify-write without a lost update: `change` gets the latest attributes and edits them in place; it may run
     * more than once. Rejects with `SessionConflictError` after a bounded number of attempts. Only with the stores
     * `redis` and `cached`, on a session that exists.
     */
    update?(change: (attributes: Record<string, unknown>) => void | Promise<void>): Promise<void>;
  }
}

/** express-session's data, with `user`. Re-exported so that importing this package types `req.session`. */
export type SessionData = ExpressSessionData;
