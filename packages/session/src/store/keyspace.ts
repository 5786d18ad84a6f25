import { hash, randomBytes } from 'node:crypto';

/** Version of the layout in Redis and of the cookie, which docs/session-format.md describes for other languages. */
export const SESSION_FORMAT_VERSION = 1;

const OWN_SID = /^([0-9a-f]{2})~[A-Za-z0-9_-]{32}$/;

/** The place of a session in the store. It is made from the sid, and the sid cannot be recovered from it. */
export interface SessionKey {
  /** The Redis key. */
  readonly key: string;
  /** One of 256 slots of Redis Cluster; all keys of one user share one. */
  readonly bucket: string;
  /** SHA-256 of the sid. */
  readonly id: string;
}

/**
 * The names of all Redis keys, from a prefix. A sid made by `sidFor` starts with its user's bucket, so the session, the
 * user's index and the expiry queue are in one Cluster slot and one script can change them together. Other sids, such
 * as express-session's own, get a bucket from their hash.
 */
export class Keyspace {
  constructor(readonly prefix: string) {}

  session(sid: string): SessionKey {
    const id = hash('sha256', sid, 'base64url');
    const bucket = OWN_SID.exec(sid)?.[1] ?? bucketOf(sid);
    return this.locate(bucket, id);
  }

  locate(bucket: string, id: string): SessionKey {
    return { key: `${this.prefix}{${bucket}}:${id}`, bucket, id };
  }

  /** Sorted set of a user's sessions: member `<public id> <session id>`, score the time of login. */
  user(userId: string): string {
    return `${this.prefix}user:{${bucketOf(userId)}}:${userId}`;
  }

  bucketOfUser(userId: string): string {
    return bucketOf(userId);
  }

  /** Sorted set of sessions by the time they expire. */
  expiry(bucket: string): string {
    return `${this.prefix}expiry:{${bucket}}`;
  }

  /** The beginning of every session key of this prefix, and of no other key. */
  get sessionPrefix(): string {
    return `${this.prefix}{`;
  }

  get endedChannel(): string {
    return `${this.prefix}ended`;
  }

  get sweeper(): string {
    return `${this.prefix}sweeper`;
  }
}

function bucketOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 2);
}

/** All 256 buckets. */
export const BUCKETS: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));

/** A new sid with 192 random bits, for a user or, without one, for an anonymous session. */
export function sidFor(userId?: string): string {
  const bucket = userId === undefined ? randomBytes(1).toString('hex') : bucketOf(userId);
  return `${bucket}~${randomBytes(24).toString('base64url')}`;
}

/** A new public id, 128 random bits. */
export function newPublicId(): string {
  return randomBytes(16).toString('base64url');
}
