import session from 'express-session';
import type { Change } from '../store/session-updater.js';
import type { SessionHandle } from './session-handle.js';

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

  /** A copy for reading: expiry and cookie attributes are decided by the options, not per session. */
  get cookie(): session.Cookie {
    this.#cookie ??= new (session as unknown as { Cookie: new (options: object) => session.Cookie }).Cookie({
      ...{ path: '/', httpOnly: true, sameSite: 'lax', secure: this.#handle.secure },
    });
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
