/**
 * An error of this package. An HTTP layer answers with its `status`, `code` and `retryAfterSeconds`:
 * any error filter can render it without importing this package.
 */
export abstract class SessionError extends Error {
  abstract readonly status: number;
  /** Stable, machine-readable. */
  abstract readonly code: string;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean = false;
  readonly retryAfterSeconds?: number;
  /** The message is meant for the client: no error of this package carries a secret. */
  readonly expose = true;

  /** The signature of http-errors, together with `expose`: Nest's and Express's own handlers answer with `status` because of it. */
  get statusCode(): number {
    return this.status;
  }
}

/** The store cannot be reached, does not answer in time, or refuses writes. The client's cookie stays valid. */
export class SessionUnavailableError extends SessionError {
  readonly status = 503;
  readonly code = 'session_unavailable';
  override readonly retryable = true;
  override readonly retryAfterSeconds = 1;

  constructor(cause?: unknown) {
    // ioredis puts the arguments of the command there, among them session ids and the contents of sessions.
    if (cause instanceof Error) Reflect.deleteProperty(cause, 'command');
    super('The session store is unavailable; try again shortly.', { cause });
    this.name = 'SessionUnavailableError';
  }
}

/**
 * The Redis user of this process may not run a command, or may not use our keys or channels. Trying again does not
 * help: an operator has to grant it. The cause and a warning of the process name the missing permission; the client is not told.
 */
export class SessionForbiddenError extends SessionError {
  readonly status = 500;
  readonly code = 'session_store_forbidden';

  constructor(
    /** Commands by name, or `a key`, `a channel`. */
    readonly missing: readonly string[],
    cause?: unknown,
  ) {
    super('The session store does not let this service do its work; its operator has to grant a permission.', {
      cause,
    });
    this.name = 'SessionForbiddenError';
  }
}

/**
 * The reason why a request has no live, logged-in session, as far as is known: it sent no session cookie of ours, or its session
 * belongs to no user; the store does not know the session, or no longer knows it; within the last minute the session was ended, or was
 * revoked (from another device, by a new password, by the application); it expired within the last ten minutes and this process heard of it, which takes up to five seconds.
 */
export type Absence = 'unauthenticated' | 'session_unknown' | 'session_ended' | 'session_revoked' | 'session_expired';

const ABSENCES: Readonly<Record<Absence, string>> = {
  unauthenticated: 'Log in first.',
  session_unknown: 'This session is not known, or no longer; log in again.',
  session_ended: 'This session has ended; log in again.',
  session_revoked: 'This session was revoked; log in again.',
  session_expired: 'This session has expired; log in again.',
};

/** No live, logged-in session is attached to the request; `code` tells why. */
export class UnauthenticatedError extends SessionError {
  readonly status = 401;

  constructor(readonly code: Absence = 'unauthenticated') {
    super(ABSENCES[code]);
    this.name = 'UnauthenticatedError';
  }
}

/** The session was ended (logout, revocation, rotation, expiry) while the request that wrote to it was under way. */
export class SessionEndedError extends SessionError {
  readonly status = 401;
  readonly code = 'session_ended';

  constructor() {
    super(ABSENCES.session_ended);
    this.name = 'SessionEndedError';
  }
}

/** The user already has `maxSessionsPerUser` sessions and the policy is `refuse`. */
export class SessionLimitError extends SessionError {
  readonly status = 409;
  readonly code = 'session_limit';

  constructor(limit: number) {
    super(`This user already has ${limit} session(s), the most allowed. End one first.`);
    this.name = 'SessionLimitError';
  }
}

/** `session.update(fn)` lost every one of its bounded attempts to other writers. */
export class SessionConflictError extends SessionError {
  readonly status = 409;
  readonly code = 'session_conflict';
  override readonly retryable = true;

  constructor(attempts: number) {
    super(`The session kept changing; gave up after ${attempts} attempts.`);
    this.name = 'SessionConflictError';
  }
}

/** The chosen store does not support the operation (device lists need the `redis` or `cached` store). */
export class SessionUnsupportedError extends SessionError {
  readonly status = 501;
  readonly code = 'session_unsupported';

  constructor(what: string, store: string) {
    super(`${what} is not possible with the session store '${store}'; use 'redis' or 'cached'.`);
    this.name = 'SessionUnsupportedError';
  }
}

/** The options given to `createSessions` or a store are wrong; the message lists every mistake. */
export class SessionConfigError extends Error {
  readonly code = 'session_config';

  constructor(readonly mistakes: readonly string[]) {
    super(`Session configuration:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'SessionConfigError';
  }
}

/**
 * A handler put something into the session that cannot be stored: a BigInt, a circular object, a getter or `toJSON` that
 * throws, a promise, or more than `MAX_ATTRIBUTE_CHARACTERS`. It is a mistake in the application, so the request gets
 * 500, and nothing of the session is stored.
 */
export class SessionValueError extends Error {
  readonly code = 'session_value';

  constructor(
    /** Name of the attribute of `req.session`. */
    readonly attribute: string,
    cause: unknown,
  ) {
    super(`req.session[${JSON.stringify(attribute.slice(0, 100))}] cannot be stored: ${reasonOf(cause)}`, { cause });
    this.name = 'SessionValueError';
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'its serializer threw something that is not an Error';
}
