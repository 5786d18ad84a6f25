import type { Request } from 'express';
import { type SessionData, Store } from 'express-session';
import { guardGenerated, guardValues } from '../express-session/guard-values.js';

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
  /** Writes that only one of the stores took. The new store decides whether a request fails. */
  readonly oldStoreFailures: number;
}

/** A store for express-session that moves sessions from one store to another while they are in use. */
export interface MigratingStore extends Store {
  readonly counts: MigrationCounts;
}

/**
 * Reads from the new store, and through to the old one for what is not there yet; writes and ends sessions in both, so
 * that instances that still run with the old store alone keep working and the move can be taken back. Nobody is logged
 * out, provided cookie name and secret stay.
 */
export function migrate(options: MigrateOptions): MigratingStore {
  return new Migration(options);
}

class Migration extends Store implements MigratingStore {
  readonly counts: { -readonly [name in keyof MigrationCounts]: number } = {
    alreadyThere: 0,
    copied: 0,
    mismatches: 0,
    oldStoreFailures: 0,
  };
  readonly #from: Store;
  readonly #to: Store;
  readonly #isSame: (from: SessionData, to: SessionData) => boolean;

  constructor({ from, to, isSame = haveEqualAttributes }: MigrateOptions) {
    super();
    this.#from = from;
    this.#to = to;
    this.#isSame = isSame;
    guardGenerated(this, JSON);
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#find(sid).then(
      (session) => done(null, session),
      (error: unknown) => done(error),
    );
  }

  override set(sid: string, session: SessionData, done: (error?: unknown) => void = () => undefined): void {
    this.#both((store) => call<void>((finished) => store.set(sid, session, finished)), done);
  }

  override destroy(sid: string, done: (error?: unknown) => void = () => undefined): void {
    this.#both((store) => call<void>((finished) => store.destroy(sid, finished)), done);
  }

  override touch(sid: string, session: SessionData, done: (error?: unknown) => void = () => undefined): void {
    this.#both(
      (store) =>
        call<void>((finished) =>
          store.touch === undefined ? finished(null) : store.touch(sid, session, () => finished(null)),
        ),
      done,
    );
  }

  /** The new store makes it, so that it recognises the session when it is set again. */
  override createSession(req: Request, data: SessionData): ReturnType<Store['createSession']> {
    const session = this.#to.createSession(req, data);
    guardValues(req, JSON);
    return session;
  }

  async #find(sid: string): Promise<SessionData | null> {
    const [old, current] = await Promise.all([this.#readOld(sid), read(this.#to, sid)]);
    if (current !== null) {
      this.counts.alreadyThere += 1;
      if (old !== null && !this.#isSame(old, current)) this.counts.mismatches += 1;
      return current;
    }
    if (old === null) return null;
    await call<void>((finished) => this.#to.set(sid, old, finished));
    this.counts.copied += 1;
    // As the new store has it, and knows it.
    return await read(this.#to, sid);
  }

  async #readOld(sid: string): Promise<SessionData | null> {
    try {
      return await read(this.#from, sid);
    } catch {
      this.counts.oldStoreFailures += 1;
      return null;
    }
  }

  /** The old store first: a session ended there cannot be copied back from it. */
  #both(act: (store: Store) => Promise<unknown>, done: (error?: unknown) => void): void {
    act(this.#from)
      .catch(() => {
        this.counts.oldStoreFailures += 1;
      })
      .then(() => act(this.#to))
      .then(
        () => done(),
        (error: unknown) => done(error),
      );
  }
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
