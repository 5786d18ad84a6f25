import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import session, { type SessionData, type Store } from 'express-session';
import type { Redis } from 'ioredis';

type Outcome<Result> = Promise<Result>;

/** What connect-redis's public methods promise, with callbacks or promises. */
export interface ListableStore extends Store {
  get(sid: string, done?: (error: unknown, session?: SessionData | null) => void): Outcome<SessionData | null>;
  set(sid: string, session: SessionData, done?: (error?: unknown) => void): Outcome<void>;
  touch(sid: string, session: SessionData, done?: (error?: unknown) => void): Outcome<void>;
  destroy(sid: string, done?: (error?: unknown) => void): Outcome<void>;
  clear(done?: (error?: unknown) => void): Outcome<void>;
  length(done?: (error: unknown, length?: number) => void): Outcome<number>;
  ids(): Outcome<string[]>;
  all(): Outcome<SessionData[]>;
}

export interface StoreSetup {
  readonly redis: () => Redis;
  open(options?: {
    ttl?: number | ((session: SessionData) => number);
    disableTouch?: boolean;
    prefix?: string;
  }): ListableStore;
}

const data = (values: object = {}, expires?: Date) =>
  ({ ...values, cookie: { originalMaxAge: null, ...(expires ? { expires } : {}) } }) as unknown as SessionData;

/** Behaviour that connect-redis and ours share, so that one can take the other's place. */
export function expressStoreContract(name: string, { redis, open }: StoreSetup): void {
  describe(`${name} as a store of express-session`, () => {
    let store: ListableStore;

    beforeEach(async () => {
      await redis().flushall();
      store = open();
    });

    afterEach(() => redis().flushall());

    const onlyTtl = async () => {
      const [key = ''] = await redis().keys('*');
      return await redis().ttl(key);
    };

    test('gives back what was set', async () => {
      await store.set('123', data({ foo: 'bar', nested: { a: [1, null, 'x'] } }));
      expect(await store.get('123')).toEqual(data({ foo: 'bar', nested: { a: [1, null, 'x'] } }));
    });

    test('gives null for a sid it does not know', async () => {
      expect(await store.get('nobody')).toBeNull();
    });

    test('replaces a session that is set again', async () => {
      await store.set('123', data({ a: 1, b: 2 }));
      await store.set('123', data({ b: 3 }));
      expect(await store.get('123')).toEqual(data({ b: 3 }));
    });

    test('lets a session live a day, or for the time given, or until its cookie expires', async () => {
      await store.set('123', data());
      expect(await onlyTtl()).toBeGreaterThanOrEqual(86_399);
      await redis().flushall();
      await open({ ttl: 100 }).set('123', data());
      expect(await onlyTtl()).toBeGreaterThanOrEqual(99);
      await redis().flushall();
      await open({ ttl: () => 50 }).set('123', data());
      expect(await onlyTtl()).toBeLessThanOrEqual(50);
      await redis().flushall();
      await store.set('123', data({}, new Date(Date.now() + 60_000)));
      expect(await onlyTtl()).toBeLessThanOrEqual(60);
    });

    test('prolongs a session that is touched, unless told not to', async () => {
      await store.set('456', data({}, new Date(Date.now() + 60_000)));
      await open({ disableTouch: true }).touch('456', data({}, new Date(Date.now() + 90_000)));
      expect(await onlyTtl()).toBeLessThanOrEqual(60);
      await store.touch('456', data({}, new Date(Date.now() + 90_000)));
      expect(await onlyTtl()).toBeGreaterThan(60);
    });

    test('makes nothing by touching a session that does not exist', async () => {
      await store.touch('456', data());
      expect(await redis().dbsize()).toBe(0);
    });

    test('forgets a session that is destroyed, or set with a cookie that has expired', async () => {
      await store.set('a', data());
      await store.set('b', data());
      await store.destroy('a');
      expect(await store.get('a')).toBeNull();
      await store.set('b', data({}, new Date(Date.now() - 1000)));
      expect(await store.length()).toBe(0);
    });

    test('counts, lists and clears a thousand sessions, and only its own', async () => {
      const other = open({ prefix: 'other:' });
      await other.set('x', data());
      await Promise.all(Array.from({ length: 1000 }, (_, n) => store.set(`s${n}`, data({ n }))));
      expect(await store.length()).toBe(1000);
      expect(new Set(await store.ids()).size).toBe(1000);
      const all = (await store.all()) as Array<SessionData & { n: number; id: string }>;
      expect(all.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
      expect(new Set(all.map(({ id }) => id))).toEqual(new Set(await store.ids()));
      await store.clear();
      expect(await store.length()).toBe(0);
      expect(await other.length()).toBe(1);
    });

    test('gives the same answers to callbacks', async () => {
      const call = <Result>(act: (done: (error: unknown, result?: Result) => void) => unknown) =>
        new Promise<Result | undefined>((resolve, reject) => {
          act((error, result) => (error ? reject(error) : resolve(result)));
        });
      await call((done) => store.set('123', data({ foo: 'bar' }), done));
      expect(await call<SessionData | null>((done) => store.get('123', done))).toEqual(data({ foo: 'bar' }));
      await call((done) => store.touch('123', data({ foo: 'bar' }), done));
      expect(await call<number>((done) => store.length(done))).toBe(1);
      await call((done) => store.destroy('123', done));
      expect(await call<SessionData | null>((done) => store.get('123', done))).toBeNull();
    });

    test('takes a real Cookie and gives back one that express-session can use', async () => {
      const { Cookie } = session as unknown as { Cookie: new (options: object) => session.Cookie };
      // Its constructor computes the age from the time of expiry, which may be a millisecond less.
      const given = new Cookie({ maxAge: 60_000 });
      await store.set('123', { cookie: given });
      const request = { sessionID: '123', sessionStore: store } as never;
      const stored = await store.get('123');
      const live = store.createSession(request, stored as SessionData);
      expect(live.cookie.originalMaxAge).toBe(given.originalMaxAge);
      expect(live.cookie.expires).toBeInstanceOf(Date);
    });
  });
}
