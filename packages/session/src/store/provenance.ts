import type { SessionKey } from './keyspace.js';

/** The state of a session object when the store handed it out, or last stored it. */
export interface Origin {
  readonly key: SessionKey;
  readonly baseline: Readonly<Record<string, string>>;
  readonly touchedAtMs: number;
  /** The time at which the store lets it expire, as last heard. */
  readonly expiresAtMs: number;
  /** The cookie's own expiry when it was handed out or stored. */
  readonly cookieExpiresMs: number | undefined;
}

/**
 * Remembers which session objects came from the store. express-session hands them back to `set`, which can thus tell an
 * update, which must not create, from a new session, which must.
 */
export class Provenance {
  private readonly origins = new WeakMap<object, Origin>();

  remember(session: object, origin: Origin): void {
    this.origins.set(session, origin);
  }

  /** Undefined for an object the store has not seen, or has seen under another sid. */
  of(session: object, key: SessionKey): Origin | undefined {
    const origin = this.origins.get(session);
    return origin?.key.key === key.key ? origin : undefined;
  }

  /** Gives a copy the origin of the original object. */
  pass(from: object, to: object): void {
    const origin = this.origins.get(from);
    if (origin !== undefined) this.origins.set(to, origin);
  }
}
