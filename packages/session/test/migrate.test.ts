import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session, { type Store } from 'express-session';
import { Redis } from 'ioredis';
import { migrate, RedisSessionStore } from '../src/index.js';
import { attributesOf, SECRET } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe.each(['memory', 'connect-redis'] as const)('moving from %s to RedisSessionStore', (old) => {
  let server: TestRedis;
  let redis: Redis;
  let from: Store;
  let to: RedisSessionStore;
  let moving: ReturnType<typeof migrate>;
  let apps: Server[];
  let begin: () => void;
  let proceed: () => void;
  let started: Promise<void>;
  let proceeded: Promise<void>;
  let urls: Record<'before' | 'during' | 'after', string>;

  beforeEach(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    from = old === 'memory' ? new session.MemoryStore() : new RedisStore({ client: redis, prefix: 'old:' });
    to = new RedisSessionStore({ client: redis });
    moving = migrate({ from, to });
    started = new Promise((resolve) => {
      begin = resolve;
    });
    proceeded = new Promise((resolve) => {
      proceed = resolve;
    });
    apps = [];
    urls = { before: await open(from), during: await open(moving), after: await open(to) };
  });

  afterEach(async () => {
    for (const app of apps) {
      app.closeAllConnections();
      app.close();
    }
    redis.disconnect();
    await server.stop();
  });

  async function open(store: Store): Promise<string> {
    const handler = express();
    handler.use(session({ store, secret: SECRET, name: 'hf_sid', resave: false, saveUninitialized: false }));
    handler.post('/set/:value', (req, res) => {
      attributesOf(req).value = req.params.value;
      res.end();
    });
    handler.post('/end', (req, res) => {
      req.session.destroy(() => res.end());
    });
    handler.post('/slow/:value', async (req, res) => {
      begin();
      await proceeded;
      attributesOf(req).value = req.params.value;
      res.end();
    });
    handler.get('/', (req, res) => void res.json(attributesOf(req).value ?? null));
    const app = createServer(handler).listen(0, '127.0.0.1');
    apps.push(app);
    await once(app, 'listening');
    return `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  }

  const value = async (browser: Browser, url: string) => (await browser.get(url)).json();

  test('S12: 50 sessions on the old data stay logged in, during and after the move, without a new login', async () => {
    const users = Array.from({ length: 50 }, () => new Browser());
    await Promise.all(users.map((user, n) => user.post(`${urls.before}/set/${n}`)));
    const everybody = users.map((_, n) => String(n));
    expect(await Promise.all(users.map((user) => value(user, urls.during)))).toEqual(everybody);
    expect(await moving.reconcile()).toBe(0);
    expect(await Promise.all(users.map((user) => value(user, urls.after)))).toEqual(everybody);
  });

  test('logs nobody out, before, during or after', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    expect(await value(ada, urls.during)).toBe('1');
    expect(await value(ada, urls.after)).toBe('1');
    expect(moving.counts).toMatchObject({ copied: 1, mismatches: 0 });
  });

  test('keeps both stores up to date, so that old instances and a way back go on working', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    await ada.post(`${urls.during}/set/2`);
    expect(await value(ada, urls.before)).toBe('2');
    expect(await value(ada, urls.after)).toBe('2');
    const bob = new Browser();
    await bob.post(`${urls.during}/set/3`);
    expect(await value(bob, urls.before)).toBe('3');
    expect(await value(bob, urls.after)).toBe('3');
  });

  test('ends a session in both, and does not copy it back', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    await value(ada, urls.during);
    await ada.post(`${urls.during}/end`);
    for (const url of Object.values(urls)) expect(await value(ada, url)).toBeNull();
  });

  test('counts what differs between the two', async () => {
    const ada = new Browser();
    await ada.post(`${urls.during}/set/1`);
    await ada.post(`${urls.before}/set/2`);
    expect(await value(ada, urls.during)).toBe('1');
    expect(moving.counts.mismatches).toBe(1);
  });

  test('S10: a logout on an instance of the old release is one on the new release, also once it runs alone', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    expect(await value(ada, urls.during)).toBe('1');
    await ada.copy().post(`${urls.before}/end`);
    for (const url of [urls.during, urls.after, urls.before]) expect(await value(ada, url)).toBeNull();
    expect(moving.counts.endedByOld).toBe(1);
  });

  test('S10: also of a session that the new release made, and of one that nobody has read since', async () => {
    const [ada, bob, eve] = [new Browser(), new Browser(), new Browser()];
    for (const browser of [ada, bob, eve]) await browser.post(`${urls.during}/set/1`);
    await ada.copy().post(`${urls.before}/end`);
    expect(await value(ada, urls.during)).toBeNull();
    await bob.copy().post(`${urls.before}/end`);
    expect(await moving.reconcile()).toBe(1);
    expect(await value(bob, urls.after)).toBeNull();
    expect(await value(eve, urls.after)).toBe('1');
  });

  test('S10: a request of the new release that is under way does not bring a session back', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    const late = ada.copy();
    const writing = late.post(`${urls.during}/slow/2`);
    await started;
    await ada.post(`${urls.before}/end`);
    proceed();
    await writing;
    for (const url of [urls.before, urls.during, urls.after]) expect(await value(late, url)).toBeNull();
  });

  test('S10: a session that is used on both releases goes on, whatever the order', async () => {
    const ada = new Browser();
    for (const [n, url] of [urls.during, urls.before, urls.during, urls.during].entries()) {
      await ada.post(`${url}/set/${n}`);
    }
    expect(await value(ada, urls.before)).toBe('3');
    expect(await value(ada, urls.after)).toBe('3');
    expect(moving.counts.endedByOld).toBe(0);
  });

  test('S10: when the old store fails nobody is taken for logged out, or let in', async () => {
    const ada = new Browser();
    await ada.post(`${urls.during}/set/1`);
    const { get } = from;
    from.get = (_sid, done) => done(new Error('the old store is away'));
    expect((await ada.get(urls.during)).status).toBe(500);
    from.get = get;
    expect(await value(ada, urls.during)).toBe('1');
    expect(moving.counts.oldStoreFailures).toBe(1);
  });
});

test('S0a: a callback that throws is reported, and does not end the process', async () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const store = migrate({ from: new session.MemoryStore(), to: new session.MemoryStore() });
  const broken = () => {
    throw new Error('a mistake of the application');
  };
  store.get('sid', broken);
  store.set('sid', { cookie: { originalMaxAge: null } } as never, broken);
  store.destroy('other', broken);
  await waitFor(async () => warned.mock.calls.length === 3);
  warned.mockRestore();
});

test('S10: a MemoryStore says nothing about sessions that another process made', async () => {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const open = () => migrate({ from: new session.MemoryStore(), to: new RedisSessionStore({ client: redis }) });
  const [one, two] = [open(), open()];
  const data = { cookie: { originalMaxAge: null }, value: 1 } as never;
  const get = (store: Store) => new Promise((resolve) => store.get('sid', (_error, found) => resolve(found)));
  await new Promise((resolve) => one.set('sid', data, resolve));
  expect(await get(two)).toMatchObject({ value: 1 });
  expect(await get(one)).toMatchObject({ value: 1 });
  redis.disconnect();
  await server.stop();
});
