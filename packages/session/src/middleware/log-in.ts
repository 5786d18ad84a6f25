import { SessionLimitError, SessionUnavailableError } from '../errors/session-error.js';
import type { SessionUser } from '../session-data.js';
import { findDelta } from '../store/delta.js';
import { newPublicId, type SessionKey, sidFor } from '../store/keyspace.js';
import type { SessionRecord } from '../store/session-record.js';
import { baselineOfNew, storedVersion } from '../store/session-schema.js';
import type { SessionEngine } from './session-engine.js';

const MAX_USER_AGENT = 256;

export interface LogInRequest {
  readonly user: SessionUser;
  /** Attributes the new session starts with. */
  readonly attributes: object;
  readonly userAgent: string;
  /** The session of the request so far; it is ended. */
  readonly replaces: SessionKey | undefined;
}

/** The session that was just made. */
export interface LoggedIn {
  readonly sid: string;
  readonly key: SessionKey;
  readonly record: SessionRecord;
}

/**
 * Makes a user's new session in place of the old one; resolves only when the store has confirmed both.
 * Rejects with `SessionLimitError` or `SessionUnavailableError`, and then no new session is left.
 */
export async function logIn(engine: SessionEngine, request: LogInRequest): Promise<LoggedIn> {
  const { keys, options, repository } = engine;
  const { user } = request;
  refuseNameless(user);
  const none = baselineOfNew(options.serializer, options.schema);
  const attributes = findDelta(none, { ...request.attributes, user }, options.serializer)?.set ?? [];
  const sid = sidFor(user.id);
  const key = keys.session(sid);
  const owner = { userId: user.id, publicId: newPublicId() };
  const accepted = await repository.login(
    key,
    {
      ...owner,
      userAgent: request.userAgent.slice(0, MAX_USER_AGENT),
      cap: options.maxSessionsPerUser,
      onLimit: options.onLimit,
      replaces: request.replaces,
    },
    attributes,
    { ttlMs: options.idleMs, absoluteMs: options.absoluteMs },
  );
  if (!accepted) throw new SessionLimitError(options.maxSessionsPerUser);
  if (request.replaces !== undefined) await endReplaced(engine, request.replaces, key);
  const now = Date.now();
  const record: SessionRecord = {
    attributes: Object.assign(Object.create(null), Object.fromEntries(attributes)),
    version: storedVersion(options.schema),
    revision: '1',
    createdAtMs: now,
    touchedAtMs: now,
    expiresAtMs: now + options.idleMs,
    owner,
  };
  return { sid, key, record };
}

/** Throws a `TypeError` for a user without an id, by which everything the user owns is found. */
export function refuseNameless(user: SessionUser): void {
  const id: unknown = user?.id;
  if (typeof id === 'string' && id !== '') return;
  throw new TypeError(`login: user.id must be a string that is not empty; it is ${id === '' ? 'empty' : typeof id}`);
}

/** A replaced session of another bucket, perhaps on another server, takes a second step; if that fails, the new session is ended again. */
async function endReplaced(engine: SessionEngine, old: SessionKey, created: SessionKey): Promise<void> {
  engine.reader.forget(old);
  try {
    if (old.bucket !== created.bucket) await engine.repository.end(old, 'replaced');
  } catch (error) {
    await engine.repository.end(created, 'replaced').catch((late: unknown) => {
      if (!(late instanceof SessionUnavailableError)) throw late;
    });
    throw error;
  }
  engine.reader.forget(old);
}
