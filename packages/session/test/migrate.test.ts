import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis, type TestRedis } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
  let urls: Record<'before' | 'during' | 'after', string>;

  beforeEach(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    from = old === 'memory' ? new session.MemoryStore() : new RedisStore({ client: redis, prefix: 'old:' });
    to = new RedisSessionStore({ client: redis });
    moving = migrate({ from, to });
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
    handler.get('/', (req, res) => void res.json(attributesOf(req).value ?? null));
    const app = createServer(handler).listen(0, '127.0.0.1');
    apps.push(app);
    await once(app, 'listening');
    return `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  }

  const value = async (browser: Browser, url: string) => (await browser.get(url)).json();

  it('logs nobody out, before, during or after', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    expect(await value(ada, urls.during)).toBe('1');
    expect(await value(ada, urls.after)).toBe('1');
    expect(moving.counts).toMatchObject({ copied: 1, mismatches: 0 });
  });

  it('keeps both stores up to date, so that old instances and a way back go on working', async () => {
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

  it('ends a session in both, and does not copy it back', async () => {
    const ada = new Browser();
    await ada.post(`${urls.before}/set/1`);
    await value(ada, urls.during);
    await ada.post(`${urls.during}/end`);
    for (const url of Object.values(urls)) expect(await value(ada, url)).toBeNull();
  });

  it('counts what differs between the two', async () => {
    const ada = new Browser();
    await ada.post(`${urls.during}/set/1`);
    await ada.post(`${urls.before}/set/2`);
    expect(await value(ada, urls.during)).toBe('1');
    expect(moving.counts.mismatches).toBe(1);
  });
});
