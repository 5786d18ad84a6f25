import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startRedis, type TestRedis } from '@holdfast/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import session, { type SessionData } from 'express-session';
import { Redis } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions, SessionConfigError } from '../src/index.js';
import { BoundedRedis } from '../src/redis/bounded-redis.js';
import { openRedisPort } from '../src/redis/open-redis-port.js';
import { emptyMetrics } from '../src/session-metrics.js';
import { CREATE, TOUCH, WRITE } from '../src/store/scripts.js';
import { attributesOf, SECRET } from './servers/app.js';
import { Browser } from './servers/browser.js';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

beforeEach(() => redis.flushall());

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

type Options = Omit<RedisSessionStoreOptions, 'client'>;
const open = (options: Options = {}) => new RedisSessionStore({ client: redis, ...options });
const { Cookie } = session as unknown as { Cookie: new (options: object) => session.Cookie };
const data = (cookie: object = {}, values: object = {}) =>
  ({ ...values, cookie: { originalMaxAge: null, ...cookie } }) as unknown as SessionData;
const onlyKey = async () => (await redis.keys('sess:{*'))[0] ?? '';

describe('lifetimes that Redis cannot take', () => {
  test.each([undefined, null, '1800', Number.NaN, Number.POSITIVE_INFINITY])(
    'S1: a ttl function that returns %p is refused by name, and nothing is written',
    async (result) => {
      const store = open({ ttl: () => result as number });
      await expect(store.set('123', data())).rejects.toThrow(/ttl: the function returned .*a finite number of seconds/);
      expect(await redis.dbsize()).toBe(0);
    },
  );

  test('S1: an Invalid Date as cookie.expires is refused by name, and nothing is written', async () => {
    const store = open();
    await expect(store.set('123', data({ expires: new Date(Number.NaN) }))).rejects.toThrow(
      /cookie.expires: is an invalid date/,
    );
    expect(await redis.dbsize()).toBe(0);
    await store.set('123', data());
    const stored = (await store.get('123')) as SessionData;
    stored.cookie.expires = new Date(Number.NaN);
    await expect(store.touch('123', stored)).rejects.toThrow(/cookie.expires: is an invalid date/);
    await expect(store.set('123', stored)).rejects.toThrow(/cookie.expires: is an invalid date/);
    expect(await redis.pttl(await onlyKey())).toBeGreaterThan(86_000_000);
  });

  test.each([1.5005, 12.3456789, Number.MAX_VALUE])(
    'S1: a ttl of %p is rounded and the record expires',
    async (ttl) => {
      for (const option of [ttl, () => ttl]) {
        const store = open({ ttl: option });
        await store.set('123', data({}, { a: 1 }));
        const stored = (await store.get('123')) as SessionData & { a: number };
        stored.a = 2;
        await store.set('123', stored);
        await store.touch('123', data());
        await store.update('123', (attributes) => {
          attributes.b = 1;
        });
        expect(await store.get('123')).toMatchObject({ a: 2, b: 1 });
        expect(await redis.pttl(await onlyKey())).toBeGreaterThan(1000);
      }
    },
  );

  test.each([0, -5])('S1: a ttl function that returns %p ends the session, as in connect-redis', async (ttl) => {
    await open().set('123', data());
    await open({ ttl: () => ttl }).set('123', data());
    expect(await redis.dbsize()).toBe(0);
  });

  test.each<Record<string, unknown>>([
    { ttl: Number.NaN },
    { ttl: '1800' },
    { ttl: Number.POSITIVE_INFINITY },
    { ttl: -1 },
    { ttl: 0 },
    { absoluteSeconds: Number.NaN },
    { absoluteSeconds: -1 },
    { commandTimeoutMs: Number.NaN },
    { scanCount: 1.5 },
  ])('S1: the option %p is refused by name', (options) => {
    expect(() => open(options as Options)).toThrow(SessionConfigError);
    expect(() => open(options as Options)).toThrow(`${Object.keys(options)[0]}: `);
  });

  test.each(['nan', 'inf', '1e300', 'soon', ''])(
    'S1: no script leaves a record without expiry, or changes one, for a lifetime of %p',
    async (ttl) => {
      const bounded = new BoundedRedis(openRedisPort(redis, 'client'), 500, emptyMetrics());
      const key = 'x{00}:a';
      const run = (script: typeof CREATE, ...args: Array<string | number>) =>
        bounded.evaluate(script, key, ['x', '00', 'a', ttl, ...args]);
      await expect(run(CREATE, 0, 1, '=a', '1')).rejects.toThrow();
      expect(await redis.exists(key)).toBe(0);
      await redis.hset(key, '@c', 1, '@r', 1, '=a', '1');
      await redis.pexpire(key, 60_000);
      const before = await redis.hgetall(key);
      await expect(run(WRITE, 1, '', 1, '=a', '2')).rejects.toThrow();
      await expect(run(TOUCH)).rejects.toThrow();
      expect(await redis.hgetall(key)).toEqual(before);
      expect(await redis.pttl(key)).toBeGreaterThan(0);
    },
  );

  test('S1: a script that fails in the middle leaves a record that expires', async () => {
    const bounded = new BoundedRedis(openRedisPort(redis, 'client'), 500, emptyMetrics());
    await expect(bounded.evaluate(CREATE, 'x{00}:a', ['x', '00', 'a', 1000, 0, 1, '=without text'])).rejects.toThrow();
    expect(await redis.pttl('x{00}:a')).not.toBe(-1);
  });
});

describe('the expiry of an active session', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
  const load = async (store: RedisSessionStore) => (await store.get('123')) as SessionData;

  test('S7: a touch moves the expiry that is stored in the cookie', async () => {
    const store = open();
    await store.set('123', { cookie: new Cookie({ maxAge: 3000 }) });
    const used = await load(store);
    used.cookie.expires = inSeconds(60);
    await store.touch('123', used);
    const later = await load(store);
    expect(new Date(later.cookie.expires as Date)).toEqual(used.cookie.expires);
    expect(await redis.pttl(await onlyKey())).toBeGreaterThan(55_000);
  });

  test('S7: a save before express-session has moved the cookie keeps the session of an active user', async () => {
    const store = open();
    await store.set('123', data({ originalMaxAge: 60_000, expires: inSeconds(60) }));
    // As a release that did not move the cookie left it: the record lives, the cookie is past.
    await redis.hset(await onlyKey(), '=cookie', JSON.stringify({ originalMaxAge: 60_000, expires: inSeconds(-1) }));
    await store.set('123', await load(store));
    expect(await load(store)).not.toBeNull();
    expect(await redis.pttl(await onlyKey())).toBeGreaterThan(55_000);
  });

  test('S7: a set whose only change is a later cookie.expires is stored', async () => {
    const store = open();
    await store.set('123', data({ expires: inSeconds(60) }, { a: 1 }));
    const longer = await load(store);
    longer.cookie.expires = inSeconds(3600);
    await store.set('123', longer);
    expect(await redis.pttl(await onlyKey())).toBeGreaterThan(3_500_000);
    expect(new Date((await load(store)).cookie.expires as Date)).toEqual(longer.cookie.expires);
  });

  test('S7: an earlier cookie.expires is stored too, and one that is past ends the session', async () => {
    const store = open();
    await store.set('123', data({ expires: inSeconds(3600) }));
    const shorter = await load(store);
    shorter.cookie.expires = inSeconds(60);
    await store.set('123', shorter);
    expect(await redis.pttl(await onlyKey())).toBeLessThan(62_000);
    shorter.cookie.expires = inSeconds(-1);
    await store.set('123', shorter);
    expect(await load(store)).toBeNull();
  });

  test('S7: a touch does not undo the longer life another request has given the session', async () => {
    const store = open();
    await store.set('123', data({ originalMaxAge: 60_000, expires: inSeconds(60) }));
    const [remember, other] = [await load(store), await load(store)];
    remember.cookie.expires = inSeconds(86_400);
    await store.set('123', remember);
    other.cookie.expires = inSeconds(62);
    await store.touch('123', other);
    expect(await redis.pttl(await onlyKey())).toBeGreaterThan(86_000_000);
    expect(new Date((await load(store)).cookie.expires as Date)).toEqual(remember.cookie.expires);
  });

  test('S15: a use that is too soon for a touch has the whole time to live before it', async () => {
    const store = open({ ttl: 4 });
    await store.set('123', data());
    await store.touch('123', await load(store));
    expect(await redis.pttl(await onlyKey())).toBeGreaterThan(4000);
  });
});

test('S7: a user who reads every 0.9 s under a rolling cookie of 3 s stays logged in through a save at 3.6 s', async () => {
  const app = express();
  const cookie = { maxAge: 3000 };
  app.use(session({ store: open(), secret: SECRET, cookie, rolling: true, resave: false, saveUninitialized: false }));
  app.post('/login', (req, res) => {
    Object.assign(req.session, { user: 'ada' });
    res.end();
  });
  app.get('/read', (req, res) => void res.json(attributesOf(req).user ?? null));
  app.get('/save', (req, res, next) => {
    req.session.save((error) => (error ? next(error) : res.json(attributesOf(req).user ?? null)));
  });
  const listening = createServer(app).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const ada = new Browser('connect.sid');
  const begun = Date.now();
  const at = (ms: number) => delay(begun + ms - Date.now());
  await ada.post(`${url}/login`);
  for (const ms of [900, 1800, 2700]) {
    await at(ms);
    expect(await (await ada.get(`${url}/read`)).json()).toBe('ada');
  }
  await at(3600);
  expect(await (await ada.get(`${url}/save`)).json()).toBe('ada');
  expect(await (await ada.get(`${url}/read`)).json()).toBe('ada');
  await at(4500);
  expect(await (await ada.get(`${url}/read`)).json()).toBe('ada');
  listening.closeAllConnections();
  listening.close();
});
