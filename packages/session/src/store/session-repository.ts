import { randomBytes } from 'node:crypto';
import type { BoundedRedis } from '../redis/bounded-redis.js';
import type { Script } from '../redis/script.js';
import type { MutableSessionMetrics } from '../session-metrics.js';
import type { EndReason } from '../sessions.js';
import type { Delta } from './delta.js';
import { IndexRepair } from './index-repair.js';
import type { Keyspace, SessionKey } from './keyspace.js';
import { commandsToCheck, nameOfCommand } from './permissions.js';
import { ReadBatch } from './read-batch.js';
import {
  ALL_SCRIPTS,
  CREATE,
  END,
  END_OF_USER,
  LIST_OF_USER,
  LOGIN,
  REFUSED_COMMANDS,
  ROTATE,
  TOUCH,
  WRITE,
} from './scripts.js';
import { type Lookup, parseRecord } from './session-record.js';
import { MAX_LIFETIME_MS } from './time-to-live.js';
import { touchIntervalMs } from './touch-interval.js';

/** Lifetimes in milliseconds. With `ttlMs` 0 disuse does not end a session; with `absoluteMs` 0 it has no absolute end. */
export interface Lifetime {
  readonly ttlMs: number;
  readonly absoluteMs: number;
}

export interface NewLogin {
  readonly userId: string;
  readonly publicId: string;
  readonly userAgent: string;
  readonly cap: number;
  readonly onLimit: 'expire-oldest' | 'refuse';
  /** The old session; it is ended in the same step if it is in the same bucket. */
  readonly replaces: SessionKey | undefined;
}

/** A live session in its user's index. */
export interface OwnedSession {
  readonly publicId: string;
  readonly createdAtMs: number;
  readonly touchedAtMs: number;
  readonly expiresAtMs: number;
  readonly userAgent: string;
  readonly key: SessionKey;
}

/** Reply of a write: the new revision, or the reason why nothing was written. */
export type WriteResult = { readonly revision: string } | 'gone' | 'conflict';

/**
 * Sessions in Redis, one script per step. Only `create` and `login` make a session; the others report `gone` or false
 * when it is not alive. Every method may reject with `SessionUnavailableError`.
 */
export class SessionRepository {
  /** Names this process in announcements of ended sessions. */
  readonly origin = randomBytes(8).toString('hex');

  /** Completes the index of a user where Redis may have evicted it. */
  readonly index: IndexRepair;
  private readonly reads: ReadBatch;

  constructor(
    private readonly redis: BoundedRedis,
    readonly keys: Keyspace,
    private readonly metrics: MutableSessionMetrics,
    private readonly version: number,
    /** The idle time that users are promised, where one holds for all sessions. */
    private readonly idleMs?: number,
  ) {
    this.index = new IndexRepair(redis, keys);
    this.reads = new ReadBatch(redis);
  }

  /** Saves a round trip at the first use of each script. Without this call, or where it is forbidden, the first use loads the script. */
  async loadScripts(): Promise<void> {
    await Promise.allSettled(ALL_SCRIPTS.map(({ lua }) => this.redis.port.loadScript(lua)));
  }

  /** Rejects with `SessionForbiddenError` when the user of Redis may not run a command that sessions need. */
  async checkPermissions(ofNearCache: boolean): Promise<void> {
    const args = [this.keys.prefix, '00', this.keys.endedChannel, ...commandsToCheck(ofNearCache)];
    const refused = (await this.redis.evaluate(REFUSED_COMMANDS, this.keys.expiry('00'), args)) as string[];
    if (refused.length > 0) throw this.redis.forbidden([...new Set(refused.map(nameOfCommand))]);
  }

  async read(key: SessionKey): Promise<Lookup> {
    return parseRecord(await this.reads.read(key.key), this.idleMs);
  }

  /** False when a session of that sid was ended within the last minute. */
  async create(key: SessionKey, attributes: Delta['set'], { ttlMs, absoluteMs }: Lifetime): Promise<boolean> {
    const created = await this.run(CREATE, key, [
      ...[key.id, this.storedMs(ttlMs), storable(absoluteMs), this.version],
      ...fields(attributes),
    ]);
    if (created === 1) this.metrics.created += 1;
    return created === 1;
  }

  /** False when the cap is reached and the policy is `refuse`. */
  async login(key: SessionKey, login: NewLogin, attributes: Delta['set'], life: Lifetime): Promise<boolean> {
    const { userId, publicId, userAgent, cap, onLimit, replaces } = login;
    const done = await this.run(LOGIN, key, [
      ...[
        key.id,
        this.storedMs(life.ttlMs),
        storable(life.absoluteMs),
        this.version,
        cap,
        onLimit,
        userId,
        publicId,
        userAgent,
        this.origin,
      ],
      replaces?.bucket === key.bucket ? replaces.id : '',
      ...fields(attributes),
    ]);
    if (done === 1) this.metrics.created += 1;
    return done === 1;
  }

  /** False when the old session is not alive. Both keys are in one bucket. */
  async rotate(from: SessionKey, to: SessionKey, ttlMs: number): Promise<boolean> {
    return (await this.run(ROTATE, from, [from.id, to.id, this.storedMs(ttlMs)])) === 1;
  }

  /** Writes the delta and counts as a use. `expected`: the write succeeds only if no other write came since that revision. */
  async write(key: SessionKey, delta: Delta, ttlMs: number, expected = ''): Promise<WriteResult> {
    const reply = await this.run(WRITE, key, [
      ...[key.id, this.storedMs(ttlMs), this.version, expected, delta.set.length],
      ...fields(delta.set),
      ...delta.remove.map(field),
    ]);
    if (reply === 0) return 'gone';
    if (reply === -1) return 'conflict';
    this.metrics.written += 1;
    return { revision: String(reply) };
  }

  /** False when the session is not alive. `cookie`: the stored text of the attribute of that name before, and now. */
  async touch(key: SessionKey, ttlMs: number, cookie: readonly string[] = []): Promise<boolean> {
    const expires = await this.run(TOUCH, key, [key.id, this.storedMs(ttlMs), ...cookie]);
    if (expires !== 0) this.metrics.touched += 1;
    return expires !== 0;
  }

  /** Ends the session and tells every process. False when it was not alive. */
  async end(key: SessionKey, reason: EndReason): Promise<boolean> {
    return this.ended(await this.run(END, key, [key.id, reason, this.origin])) > 0;
  }

  /**
   * Ends sessions of a user by public id: all, all but one, or only one. Resolves to the number that were alive. Where Redis evicts
   * keys, the user's index may be gone while sessions live, so the sessions are looked for first.
   */
  async endOfUser(userId: string, which: 'all' | 'except' | 'only', publicId: string, reason: EndReason) {
    await this.index.complete(userId, 'now');
    return this.ended(await this.ofUser(END_OF_USER, userId, [reason, this.origin, which, publicId]));
  }

  /** The user's live sessions, oldest first. */
  async listOfUser(userId: string): Promise<OwnedSession[]> {
    const rows = (await this.ofUser(LIST_OF_USER, userId, [])) as string[][];
    const bucket = this.keys.bucketOfUser(userId);
    return rows.map(([publicId = '', createdAt, touchedAt, expiresAt, userAgent = '', id = '']) => ({
      publicId,
      createdAtMs: Number(createdAt),
      touchedAtMs: Number(touchedAt),
      expiresAtMs: Math.min(Number(expiresAt), Number(touchedAt) + (this.idleMs ?? Number.POSITIVE_INFINITY)),
      userAgent,
      key: this.keys.locate(bucket, id),
    }));
  }

  /** Redis keeps a session longer by the time in which a use is not told to it, so that it is never over before its idle time. */
  private storedMs(ttlMs: number): number {
    const graceMs = this.idleMs === undefined || ttlMs <= 0 ? 0 : touchIntervalMs(this.idleMs);
    return storable(ttlMs + graceMs);
  }

  private run(script: Script, key: SessionKey, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.redis.evaluate(script, key.key, [this.keys.prefix, key.bucket, ...args]);
  }

  private ofUser(script: Script, userId: string, args: readonly string[]): Promise<unknown> {
    const key = this.keys.user(userId);
    return this.redis.evaluate(script, key, [this.keys.prefix, this.keys.bucketOfUser(userId), userId, ...args]);
  }

  private ended(count: unknown): number {
    const ended = Number(count);
    this.metrics.ended += ended;
    return ended;
  }
}

/** Whole milliseconds that Redis can add to its time. The scripts refuse a value that is no number. */
function storable(ms: number): number {
  return Math.min(Math.ceil(ms), MAX_LIFETIME_MS);
}

function field(name: string): string {
  return `=${name}`;
}

function fields(attributes: Delta['set']): string[] {
  return attributes.flatMap(([name, text]) => [field(name), text]);
}
