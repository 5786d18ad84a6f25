import type { Request } from 'express';
import session, { type SessionData, Store } from 'express-session';
import { guardGenerated, guardValues } from '../store/guard-values.js';
import { RedisSessionStore } from '../store/redis-session-store.js';

export interface MigrateOptions {
  /** Where sessions are now: MemoryStore, connect-redis's RedisStore, or any other store. */
  readonly from: Store;
  /** Where they are to be: usually a `RedisSessionStore`. */
  readonly to: Store;
  /** Whether a session found in both is the same; counted, for watching the migration. Default: equal attributes. */
  readonly isSame?: ((from: SessionData, to: SessionData) => boolean) | undefined;
}

/** What a migration has done so far in this process. */
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
   * Ends every session of the new store that the old one no longer has, also of users who did not come back. Call it once,
   * when no instance of the old release is left and before the new store is used alone. Resolves to the number ended.
   * Rejects when a store cannot list its sessions.
   */
  reconcile(): Promise<number>;
}

/**
 * Reads from the new store, and through to the old one for what is not there yet; writes and ends sessions in both, so
 * that instances that still run with the old store alone keep working and the move can be taken back. Nobody is logged
 * out, provided cookie name and secret stay.
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
  /** Session objects that are in the old store as far as this process knows. */
  private readonly written = new WeakSet<object>();
  /** For a store that lives in this process: its sids. A session that it never had cannot have been ended in it. */
  private readonly hadByOld: Set<string> | undefined;

  constructor({ from, to, isSame = haveEqualAttributes }: MigrateOptions) {
    super();
    this.from = from;
    this.to = to;
    this.isSame = isSame;
    this.hadByOld = isOfThisProcess(from) ? new Set() : undefined;
    guardGenerated(this, JSON);
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.find(sid).then(
      (found) => done(null, found),
      (error: unknown) => done(error),
    );
  }

  override set(sid: string, data: SessionData, done: (error?: unknown) => void = () => undefined): void {
    report(this.write(sid, data), done);
  }

  /** The old store first: a session ended there cannot be copied back from it. */
  override destroy(sid: string, done: (error?: unknown) => void = () => undefined): void {
    report(
      this.old((store) => destroy(store, sid)).then(() => destroy(this.to, sid)),
      done,
    );
  }

  override touch(sid: string, data: SessionData, done: (error?: unknown) => void = () => undefined): void {
    report(
      this.old((store) => touch(store, sid, data)).then(() => touch(this.to, sid, data)),
      done,
    );
  }

  /** The new store makes it, so that it recognises the session when it is set again. */
  override createSession(req: Request, data: SessionData): ReturnType<Store['createSession']> {
    const made = this.to.createSession(req, data);
    this.written.add(made);
    guardValues(req, JSON);
    return made;
  }

  async reconcile(): Promise<number> {
    const { to } = this;
    // The new store first: a session made meanwhile is in the old one by the time that is listed.
    const there = await sidsOf(to);
    const alive = await sidsOf(this.from);
    let ended = 0;
    // Our own store lists references, since it does not know the sids.
    const nameOf = to instanceof RedisSessionStore ? (sid: string) => to.reference(sid) : (sid: string) => sid;
    const aliveNames = new Set(alive.map(nameOf));
    const hadNames = this.hadByOld && new Set([...this.hadByOld].map(nameOf));
    for (const name of there) {
      // A store of this process never had the sessions of other instances.
      if (aliveNames.has(name) || hadNames?.has(name) === false) continue;
      await destroy(to, name);
      ended += 1;
    }
    this.counts.endedByOld += ended;
    return ended;
  }

  private async find(sid: string): Promise<SessionData | null> {
    const [old, current] = await Promise.all([this.old((store) => read(store, sid)), read(this.to, sid)]);
    if (old !== null) this.hadByOld?.add(sid);
    if (old === null) return current === null ? null : await this.onlyInNew(sid, current);
    if (current !== null) {
      this.counts.alreadyThere += 1;
      if (!this.isSame(old, current)) this.counts.mismatches += 1;
      return current;
    }
    await call<void>((finished) => this.to.set(sid, old, finished));
    this.counts.copied += 1;
    // Read from the new store, which then recognises the object when it is set.
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
      // Ended while this request worked on it. To write it would bring it back in both.
      await this.onlyInNew(sid, data);
      return;
    }
    await this.old((store) => call<void>((finished) => store.set(sid, data, finished)));
    this.hadByOld?.add(sid);
    await call<void>((finished) => this.to.set(sid, data, finished));
    this.written.add(data);
  }

  /** Of a session that the old store does not have. */
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

/** Other instances have sessions that such a store does not, so only what it had can have been ended in it. */
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

/** Sids, or what `destroy` of that store takes instead. */
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
    () => done(),
    (error: unknown) => done(error),
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
