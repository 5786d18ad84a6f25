import session from 'express-session';
import type { SessionCookieSettings } from '../options/cookie-options.js';
import type { Change } from '../store/session-updater.js';

/** express-session's own class, which its types do not name as a class. */
const Cookie = (session as unknown as { Cookie: new (options: object) => session.Cookie }).Cookie;

/** The actions behind the methods of `req.session`, on the session of its request. */
export interface SessionActions {
  readonly sid: string;
  readonly cookieSettings: SessionCookieSettings;
  /** Undefined when there is nothing to write. */
  commit(): Promise<void> | undefined;
  end(): Promise<void>;
  regenerate(): Promise<void>;
  reload(): Promise<void>;
  update(change: Change): Promise<void>;
  /** Answers the request with an error. */
  refuse(error: unknown): void;
}

type Done = (error?: unknown) => void;

/**
 * `req.session`: the attributes as own properties, and express-session's methods. Methods that take a callback
 * return nothing useful, as in express-session; failures reach the callback.
 */
export class ManagedSession {
  // The fields use `#`, not `private`, because own properties are the application's attributes, whatever their names.
  readonly #actions: SessionActions;
  #cookie: session.Cookie | undefined;

  constructor(actions: SessionActions, values: Readonly<Record<string, unknown>>) {
    this.#actions = actions;
    Object.assign(this, values);
  }

  /** Names an attribute cannot have, since they are methods. */
  static isReserved(name: string): boolean {
    return name in ManagedSession.prototype;
  }

  get id(): string {
    return this.#actions.sid;
  }

  /** The cookie can only be read: it follows the options, not the single session, so an assignment throws. */
  get cookie(): session.Cookie {
    this.#cookie ??= Object.freeze(describeCookie(this.#actions.cookieSettings));
    return this.#cookie;
  }

  save(done?: Done): this {
    this.#settle(this.#actions.commit() ?? Promise.resolve(), done);
    return this;
  }

  destroy(done?: Done): this {
    this.#settle(this.#actions.end(), done);
    return this;
  }

  regenerate(done?: Done): this {
    this.#settle(this.#actions.regenerate(), done);
    return this;
  }

  reload(done?: Done): this {
    this.#settle(this.#actions.reload(), done);
    return this;
  }

  update(change: Change): Promise<void> {
    return this.#actions.update(change);
  }

  /** Does nothing: the middleware counts the use. */
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
      .catch((error: unknown) => this.#actions.refuse(error));
  }
}

function describeCookie({ path, domain, sameSite, secure, partitioned, maxAgeMs }: SessionCookieSettings) {
  return new Cookie({
    ...{ path, httpOnly: true, sameSite, secure, partitioned },
    ...(domain === undefined ? {} : { domain }),
    ...(maxAgeMs === undefined ? {} : { maxAge: maxAgeMs }),
  });
}
