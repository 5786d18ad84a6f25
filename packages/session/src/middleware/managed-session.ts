import session from 'express-session';
import type { SessionCookieSettings } from '../options/cookie-options.js';
import type { Change } from '../store/session-updater.js';
import type { SessionHandle } from './session-handle.js';

/** express-session's own, which its types do not name as a class. */
const Cookie = (session as unknown as { Cookie: new (options: object) => session.Cookie }).Cookie;

type Done = (error?: unknown) => void;

/**
 * `req.session`: the attributes as own properties, and express-session's methods. Methods that take a callback also
 * return nothing useful, as in express-session; failures reach the callback.
 */
export class ManagedSession {
  readonly #handle: SessionHandle;
  #cookie: session.Cookie | undefined;

  constructor(handle: SessionHandle, values: Readonly<Record<string, unknown>>) {
    this.#handle = handle;
    Object.assign(this, values);
  }

  /** Names an attribute cannot have, since they are methods. */
  static isReserved(name: string): boolean {
    return name in ManagedSession.prototype;
  }

  get id(): string {
    return this.#handle.sid;
  }

  /** For reading: the options decide on the cookie, not the single session, so an assignment throws. */
  get cookie(): session.Cookie {
    this.#cookie ??= Object.freeze(describeCookie(this.#handle.cookieSettings));
    return this.#cookie;
  }

  save(done?: Done): this {
    this.#settle(this.#handle.commit() ?? Promise.resolve(), done);
    return this;
  }

  destroy(done?: Done): this {
    this.#settle(this.#handle.end(), done);
    return this;
  }

  regenerate(done?: Done): this {
    this.#settle(this.#handle.regenerate(), done);
    return this;
  }

  reload(done?: Done): this {
    this.#settle(this.#handle.reload(), done);
    return this;
  }

  update(change: Change): Promise<void> {
    return this.#handle.update(change);
  }

  /** Nothing to do: use is counted by the middleware. */
  touch(): this {
    return this;
  }

  resetMaxAge(): this {
    return this;
  }

  /** A callback that throws fails its request, as the handler that made it would; it does not end the process. */
  #settle(work: Promise<void>, done: Done | undefined): void {
    work
      .then(
        () => done?.(),
        (error: unknown) => done?.(error),
      )
      .catch((error: unknown) => this.#handle.refuse(error));
  }
}

function describeCookie({ path, domain, sameSite, secure, partitioned, maxAgeMs }: SessionCookieSettings) {
  return new Cookie({
    ...{ path, httpOnly: true, sameSite, secure, partitioned },
    ...(domain === undefined ? {} : { domain }),
    ...(maxAgeMs === undefined ? {} : { maxAge: maxAgeMs }),
  });
}
