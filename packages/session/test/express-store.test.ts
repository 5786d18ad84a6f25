import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session, { type SessionData } from 'express-session';
import { Redis } from 'ioredis';
import { RedisSessionStore, SessionUnavailableError } from '../src/index.js';
import { expressStoreContract, type ListableStore } from './express-store.contract.js';
import { attributesOf, SECRET } from './servers/app.js';
import { Browser } from './servers/browser.js';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

expressStoreContract('connect-redis', {
  redis: () => redis,
  open: (options) => new RedisStore({ client: redis, ...options }) as unknown as ListableStore,
});

expressStoreContract('RedisSessionStore', {
  redis: () => redis,
  open: (options) => new RedisSessionStore({ client: redis, ...options }),
});

describe('RedisSessionStore', () => {
  const cookie = { originalMaxAge: null } as unknown as SessionData['cookie'];
  let store: RedisSessionStore;

  beforeEach(async () => {
    await redis.flushall();
    store = new RedisSessionStore({ client: redis });
  });

  const load = async (sid: string) => (await store.get(sid)) as SessionData & Record<string, unknown>;

  test('has connect-redis defaults', () => {
    const { prefix, ttl, scanCount, serializer, disableTouch, disableTTL } = store;
    expect({ prefix, ttl, scanCount, disableTouch, disableTTL }).toEqual({
      ...{ prefix: 'sess:', ttl: 86_400, scanCount: 100, disableTouch: false, disableTTL: false },
    });
    expect(serializer).toBe(JSON);
  });

  test('keeps what two requests changed in different attributes', async () => {
    await store.set('123', { cookie, a: 0, b: 0 } as never);
    const [one, two] = [await load('123'), await load('123')];
    one.a = 1;
    two.b = 2;
    await Promise.all([store.set('123', one), store.set('123', two)]);
    expect(await load('123')).toMatchObject({ a: 1, b: 2 });
  });

  test('does not bring back a session that was destroyed while a request worked on it', async () => {
    await store.set('123', { cookie, a: 0 } as never);
    const late = await load('123');
    await store.destroy('123');
    late.a = 1;
    await store.set('123', late);
    await store.touch('123', late);
    expect(await store.get('123')).toBeNull();
  });

  test('writes nothing for a session that did not change', async () => {
    await store.set('123', { cookie, a: 0 } as never);
    const unchanged = await load('123');
    const before = await redis.hgetall((await redis.keys('*'))[0] ?? '');
    await store.set('123', unchanged);
    await store.touch('123', unchanged);
    expect(await redis.hgetall((await redis.keys('*'))[0] ?? '')).toEqual(before);
  });

  test('S7: a touch moves the stored expiry of a rolling cookie', async () => {
    const rolling = (seconds: number) => new Date(Date.now() + seconds * 1000);
    await store.set('123', { cookie: { originalMaxAge: 3000, expires: rolling(3) }, a: 0 } as never);
    const used = await load('123');
    used.cookie.expires = rolling(60);
    await redis.hset((await redis.keys('*'))[0] ?? '', '@t', Date.now() - 60_000);
    const again = await load('123');
    again.cookie.expires = used.cookie.expires;
    await store.touch('123', again);
    expect(new Date((await load('123')).cookie.expires ?? 0)).toEqual(used.cookie.expires);
  });

  test('S1: nothing is written for a time to live that is none', async () => {
    const wrong = new RedisSessionStore({ client: redis, ttl: () => undefined as never });
    await expect(wrong.set('123', { cookie } as never)).rejects.toThrow(/ttl: the function returned undefined/);
    expect(await redis.dbsize()).toBe(0);
    expect(() => new RedisSessionStore({ client: redis, ttl: Number.NaN })).toThrow(/ttl: NaN/);
  });

  test('leaves an attribute it cannot read alone', async () => {
    await store.set('123', { cookie, a: 0 } as never);
    const [key = ''] = await redis.keys('*');
    await redis.hset(key, '=odd', '{not json');
    const data = await load('123');
    data.a = 1;
    await store.set('123', data);
    expect(await redis.hget(key, '=odd')).toBe('{not json');
  });

  test('ends a session at its absolute lifetime however often it is used', async () => {
    store = new RedisSessionStore({ client: redis, ttl: 60, absoluteSeconds: 0.3 });
    await store.set('123', { cookie } as never);
    await waitFor(
      async () => {
        await store.touch('123', { cookie } as never);
        return (await store.get('123')) === null;
      },
      { timeoutMs: 1000 },
    );
  });

  test('does read-modify-write without a lost update', async () => {
    const other = new RedisSessionStore({ client: redis });
    await store.set('123', { cookie, n: 0 } as never);
    const add = (attributes: Record<string, unknown>) => {
      attributes.n = Number(attributes.n) + 1;
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? store : other).update('123', add)));
    expect(await load('123')).toMatchObject({ n: 50 });
  });

  test('upgrades a session of an older release when it is read, and reads one of a newer release', async () => {
    await store.set('123', { cookie, name: 'ada lovelace' } as never);
    const upgraded = new RedisSessionStore({
      client: redis,
      schema: {
        version: 2,
        upgrade: ({ name, ...others }) => ({ ...others, names: String(name).split(' ') }),
      },
    });
    const session = await upgraded.get('123');
    expect(session).toEqual({ cookie, names: ['ada', 'lovelace'] });
    Object.assign(session as object, { seen: true });
    await upgraded.set('123', session as SessionData);
    const old = await load('123');
    expect(old).toEqual({ cookie, names: ['ada', 'lovelace'], seen: true });
    old.extra = 1;
    await store.set('123', old);
    expect(await upgraded.get('123')).toEqual({ cookie, names: ['ada', 'lovelace'], seen: true, extra: 1 });
  });

  test('S5: reading a session of an older release stores nothing, so that the older release goes on serving it', async () => {
    await store.set('123', { cookie, name: 'ada lovelace', untouched: 1 } as never);
    const [key = ''] = await redis.keys('*');
    const before = await redis.hgetall(key);
    const upgraded = new RedisSessionStore({
      client: redis,
      schema: { version: 2, upgrade: ({ name, ...others }) => ({ ...others, names: String(name).split(' ') }) },
    });
    const session = (await upgraded.get('123')) as SessionData & Record<string, unknown>;
    await upgraded.set('123', session);
    await upgraded.update('123', () => undefined);
    expect(await redis.hgetall(key)).toEqual(before);
    expect(await load('123')).toMatchObject({ name: 'ada lovelace' });
    // A change of one attribute, or of the cookie alone, stores the whole in the new form: never a mixture.
    session.cookie.path = '/shop';
    await upgraded.set('123', session);
    expect(await redis.hgetall(key)).toMatchObject({ '@v': '2', '=names': '["ada","lovelace"]', '=untouched': '1' });
    expect(await redis.hexists(key, '=name')).toBe(0);
  });

  test('S0a: a callback that throws is reported, and does not end the process', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const broken = () => {
      throw new Error('a mistake of the application');
    };
    await store.set('123', { cookie } as never, broken);
    expect(await store.get('123', broken)).toEqual({ cookie });
    const away = new Redis(1, { retryStrategy: () => null });
    away.on('error', () => undefined);
    await new RedisSessionStore({ client: away, commandTimeoutMs: 100 }).get('1', broken);
    expect(warned).toHaveBeenCalledTimes(3);
    warned.mockRestore();
  });

  test('stores each attribute through the serializer', async () => {
    store = new RedisSessionStore({
      client: redis,
      serializer: { stringify: (value) => `XXX${JSON.stringify(value)}`, parse: (text) => JSON.parse(text.slice(3)) },
    });
    await store.set('123', { cookie, a: 1 } as never);
    expect(await redis.hget((await redis.keys('*'))[0] ?? '', '=a')).toBe('XXX1');
    expect(await store.get('123')).toEqual({ cookie, a: 1 });
  });

  test('destroys by a reference, which is no sid', async () => {
    await store.set('123', { cookie } as never);
    const [reference = ''] = await store.ids();
    expect(await store.get(reference)).toBeNull();
    await store.destroy(reference);
    expect(await store.length()).toBe(0);
  });

  test('refuses a client whose own key prefix it could not honour everywhere', () => {
    const client = new Redis(server.url, { keyPrefix: 'app:', lazyConnect: true });
    expect(() => new RedisSessionStore({ client })).toThrow(/use the option prefix/);
    client.disconnect();
  });

  test('says that the store is unavailable when it is', async () => {
    const client = new Redis(1, { retryStrategy: () => null });
    client.on('error', () => undefined);
    await expect(new RedisSessionStore({ client, commandTimeoutMs: 100 }).get('1')).rejects.toThrow(
      SessionUnavailableError,
    );
  });
});

describe('express-session on RedisSessionStore', () => {
  let app: Server;
  let url: string;

  beforeAll(async () => {
    const handler = express();
    handler.use(
      session({
        store: new RedisSessionStore({ client: redis }),
        secret: SECRET,
        name: 'hf_sid',
        resave: false,
        saveUninitialized: false,
      }),
    );
    handler.get('/views', (req, res) => {
      const attributes = attributesOf(req);
      attributes.views = Number(attributes.views ?? 0) + 1;
      res.json(attributes.views);
    });
    handler.get('/read', (req, res) => void res.json(attributesOf(req).views ?? null));
    handler.post('/regenerate', (req, res) => {
      req.session.regenerate(() => {
        attributesOf(req).views = 100;
        req.session.save(() => res.end());
      });
    });
    handler.post('/destroy', (req, res) => {
      req.session.destroy(() => res.end());
    });
    app = createServer(handler).listen(0, '127.0.0.1');
    await once(app, 'listening');
    url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    app.closeAllConnections();
    app.close();
  });

  test('keeps, regenerates and destroys sessions', async () => {
    const ada = new Browser();
    expect(await (await ada.get(`${url}/read`)).json()).toBeNull();
    expect(ada.cookie).toBeUndefined();
    await ada.get(`${url}/views`);
    expect(await (await ada.get(`${url}/views`)).json()).toBe(2);
    const old = ada.copy();
    await ada.post(`${url}/regenerate`);
    expect(ada.cookie).not.toBe(old.cookie);
    expect(await (await ada.get(`${url}/read`)).json()).toBe(100);
    expect(await (await old.get(`${url}/read`)).json()).toBeNull();
    await ada.post(`${url}/destroy`);
    expect(await (await ada.get(`${url}/read`)).json()).toBeNull();
  });
});
