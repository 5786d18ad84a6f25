import type { Request } from 'express';
import session, { type SessionData, Store } from 'express-session';
import { callBack } from '../errors/call-back.js';
import { guardGenerated, guardValues } from '../store/guard-values.js';
import { RedisSessionStore } from '../store/redis-session-store.js';
import { RecentSids } from './recent-sids.js';

export interface MigrateOptions {
  /** The store that has the sessions now: MemoryStore, connect-redis's RedisStore, or any other store. */
  readonly from: Store;
  /** The store that the sessions move to: usually a `RedisSessionStore`. */
  readonly to: Store;
  /** Whether a session found in both is the same. Differences are counted, for watching the migration. Default: equal attributes. */
  readonly isSame?: ((from: SessionData, to: SessionData) => boolean) | undefined;
}

/** Counts of a migration so far in this process. */
export interface MigrationCounts {
  /** Sessions found in the new store. */
  readonly alreadyThere: number;
  /** Sessions found only in the old one, and copied. */
  readonly copied: number;
  /** Sessions whose attributes differed between the two. */
  readonly mismatches: number;
  /** Sessions ended in the new store since an instance of the old release had ended them in the old one. */
  readonly endedByOld: number;
  /** Calls that failed in the old store. */
  readonly oldStoreFailures: number;
}

/** A store for express-session that moves sessions from one store to another while they are in use. */
export interface MigratingStore extends Store {
  readonly counts: MigrationCounts;
  /**
   * Ends every session of the new store that the old one no longer has, including those of users who did not come back. Call it once,
   * when no instance of the old release is left and before the new store is used alone. Resolves to the number ended.
   * Rejects when a store cannot list its sessions.
   */
  reconcile(): Promise<number>;
}

/**
 * Reads from the new store, and from the old one for sessions that are not there yet. Writes and ends sessions in both, so
 * that instances that still run with the old store alone keep working and the move can be undone. No user is logged
 * out, provided that the cookie name and the secret stay the same.
 *
 * A session that the old store no longer has was ended by an instance of the old release, and is ended in the new one
 * too. Therefore both stores have to answer: a failure of either fails the call.
 */
export function migrate(options: MigrateOptions): MigratingStore {
  return new Migration(options);
}

class Migration extends Store implements MigratingStore {
  readonly counts: { -readonly [name in keyof MigrationCounts]: number } = {
    alreadyThere: 0,
    copied: 0,
    mismatches: 0,
    endedByOld: 0,
    oldStoreFailures: 0,
  };
  private readonly from: Store;
  private readonly to: Store;
  private readonly isSame: (from: SessionData, to: SessionData) => boolean;
  /** Session objects that, as far as this process knows, are in the old store. */
  private readonly written = new WeakSet<object>();
  /** The sids of a store that lives in this process. A session that it never had cannot have been ended in it. */
  private readonly hadByOld: RecentSids | undefined;

  constructor({ from, to, isSame = haveEqualAttributes }: MigrateOptions) {
    super();
    this.from = from;
    this.to = to;
    this.isSame = isSame;
    this.hadByOld = isOfThisProcess(from) ? new RecentSids() : undefined;
    guardGenerated(this, JSON);
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.find(sid).then(
      (found) => callBack(done, null, found),
      (error: unknown) => callBack(done, error),
    );
  }

  override set(sid: string, data: SessionData, done: (error?: unknown) => void = () => undefined): void {
    report(this.write(sid, data), done);
  }

  /** Destroys in the old store first: a session ended there cannot be copied back from it. */
  override destroy(sid: string, done: (error?: unknown) => void = () => undefined): void {
    report(
      this.old((store) => destroy(store, sid))
        .then(() => destroy(this.to, sid))
        .then(() => this.hadByOld?.delete(sid)),
      done,
    );
  }

  override touch(sid: string, data: SessionData, done: (error?: unknown) => void = () => undefined): void {
    report(
      this.old((store) => touch(store, sid, data)).then(() => touch(this.to, sid, data)),
      done,
    );
  }

  /** The new store makes the session, so that this store recognises the session when it is set again. */
  override createSession(req: Request, data: SessionData): ReturnType<Store['createSession']> {
    const made = this.to.createSession(req, data);
    this.written.add(made);
    guardValues(req, JSON);
    return made;
  }

  async reconcile(): Promise<number> {
    const { to } = this;
    // The new store is listed first: a session made meanwhile is in the old one by the time that one is listed.
    const there = await sidsOf(to);
    const alive = await sidsOf(this.from);
    let ended = 0;
    const nameHere = namesOf(to, this.from);
    const nameThere = namesOf(this.from, to);
    const aliveNames = new Set(alive.map(nameThere));
    const hadNames = this.hadByOld && new Set([...this.hadByOld].map(nameThere));
    for (const sid of there) {
      const name = nameHere(sid);
      // A store of this process never had the sessions of other instances.
      if (aliveNames.has(name) || hadNames?.has(name) === false) continue;
      await destroy(to, sid);
      ended += 1;
    }
    this.counts.endedByOld += ended;
    return ended;
  }

  private async find(sid: string): Promise<SessionData | null> {
    const [old, current] = await Promise.all([this.old((store) => read(store, sid)), read(this.to, sid)]);
    if (old !== null) this.hadByOld?.add(sid);
    if (old === null) {
      if (current !== null) return await this.onlyInNew(sid, current);
      this.hadByOld?.delete(sid);
      return null;
    }
    if (current !== null) {
      this.counts.alreadyThere += 1;
      if (!this.isSame(old, current)) this.counts.mismatches += 1;
      return current;
    }
    await call<void>((finished) => this.to.set(sid, old, finished));
    this.counts.copied += 1;
    // The session is read from the new store, which then recognises the object when it is set.
    return await read(this.to, sid);
  }

  private async onlyInNew(sid: string, current: SessionData): Promise<SessionData | null> {
    if (!this.wasEndedByOld(sid)) {
      this.counts.alreadyThere += 1;
      return current;
    }
    await destroy(this.to, sid);
    this.hadByOld?.delete(sid);
    this.counts.endedByOld += 1;
    return null;
  }

  private async write(sid: string, data: SessionData): Promise<void> {
    if (this.written.has(data) && (await this.old((store) => read(store, sid))) === null && this.wasEndedByOld(sid)) {
      // The session was ended while this request worked on it. Writing it would bring it back in both stores.
      await this.onlyInNew(sid, data);
      return;
    }
    await this.old((store) => call<void>((finished) => store.set(sid, data, finished)));
    this.hadByOld?.add(sid);
    await call<void>((finished) => this.to.set(sid, data, finished));
    this.written.add(data);
  }

  /** Whether an instance of the old release ended a session that the old store does not have. */
  private wasEndedByOld(sid: string): boolean {
    return this.hadByOld === undefined || this.hadByOld.has(sid);
  }

  private async old<Result>(act: (store: Store) => Promise<Result>): Promise<Result> {
    try {
      return await act(this.from);
    } catch (error) {
      this.counts.oldStoreFailures += 1;
      throw error;
    }
  }
}

/** Other instances have sessions that such a store does not, so only sessions it had can have been ended in it. */
function isOfThisProcess(store: Store): boolean {
  return store instanceof session.MemoryStore || store.constructor.name === 'MemoryStore';
}

function destroy(store: Store, sid: string): Promise<unknown> {
  return call<void>((finished) => store.destroy(sid, finished));
}

/** A failure to prolong a session is not reported by express-session's stores either. */
function touch(store: Store, sid: string, data: SessionData): Promise<unknown> {
  return call<void>((finished) => {
    if (store.touch === undefined) finished(null);
    else store.touch(sid, data, () => finished(null));
  });
}

/** Gives both stores the same name for a session: our own store lists references, since it does not know the sids. */
function namesOf(store: Store, other: Store): (listed: string) => string {
  const isOther = other instanceof RedisSessionStore && !(store instanceof RedisSessionStore);
  return isOther ? (sid) => other.reference(sid) : (listed) => listed;
}

/** The sids of a store, or the names that its `destroy` takes instead. */
async function sidsOf(store: Store & { readonly ids?: unknown }): Promise<string[]> {
  if (typeof store.ids === 'function') {
    const { ids } = store as { ids(done: (error: unknown, ids?: string[]) => void): void };
    return (await call<string[]>((finished) => ids.call(store, finished))) ?? [];
  }
  if (store.all === undefined) throw new Error('migrate: reconcile needs stores that list their sessions (ids or all)');
  const all = await call<SessionData[] | { [sid: string]: SessionData } | null>((finished) => store.all?.(finished));
  // MemoryStore gives an object by sid, other stores a list of sessions with their ids.
  if (Array.isArray(all)) return all.map((found) => String((found as { id?: unknown }).id));
  return Object.keys(all ?? {});
}

function report(work: Promise<unknown>, done: (error?: unknown) => void): void {
  work.then(
    () => callBack(done),
    (error: unknown) => callBack(done, error),
  );
}

async function read(store: Store, sid: string): Promise<SessionData | null> {
  return (await call<SessionData | null>((finished) => store.get(sid, finished))) ?? null;
}

function call<Result>(act: (finished: (error: unknown, result?: Result) => void) => void): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    act((error, result) => (error ? reject(error) : resolve(result)));
  });
}

function haveEqualAttributes(from: SessionData, to: SessionData): boolean {
  return canonical(from) === canonical(to);
}

/** The cookie's expiry moves with every request and says nothing about the session. */
function canonical(session: SessionData): string {
  const { cookie: _, ...attributes } = session;
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
