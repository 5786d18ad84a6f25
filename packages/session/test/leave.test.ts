import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startRedis, type TestRedis } from '@holdfast/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session, { type Store } from 'express-session';
import { Redis } from 'ioredis';
import { migrate, RedisSessionStore } from '../src/index.js';
import { attributesOf, SECRET, startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

let server: TestRedis;
let redis: Redis;
let apps: Server[];
let ours: TestApp;
let connectRedis: RedisStore;

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  apps = [];
  ours = await startApp(server.url);
  connectRedis = new RedisStore({ client: redis, prefix: 'left:', ttl: 1800 });
});

afterEach(async () => {
  for (const app of apps) {
    app.closeAllConnections();
    app.close();
  }
  await ours.close();
  redis.disconnect();
  await server.stop();
});

/** An express-session application on that store, with the cookie of ours. */
async function open(store: Store): Promise<string> {
  const handler = express();
  handler.use(session({ store, secret: SECRET, name: 'hf_sid', resave: false, saveUninitialized: false }));
  handler.get('/me', (req, res) => void res.json({ user: req.session.user ?? null, x: attributesOf(req).x ?? null }));
  handler.post('/set/x/:value', (req, res) => {
    attributesOf(req).x = req.params.value;
    res.end();
  });
  handler.post('/logout', (req, res) => req.session.destroy(() => res.end()));
  const app = createServer(handler).listen(0, '127.0.0.1');
  apps.push(app);
  await once(app, 'listening');
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
}

const leaving = (prefix: string) =>
  migrate({ from: new RedisSessionStore({ client: redis, prefix, ttl: 1800 }), to: connectRedis });
const me = async (browser: Browser, url: string) => (await browser.get(`${url}/me`)).json();

/** What the command says, and its exit code. */
function command(from: string): Promise<{ code: number; text: string }> {
  const file = fileURLToPath(new URL('../dist/leave/leave-command.js', import.meta.url));
  const env = { ...process.env, REDIS_URL: server.url };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, '--from', from, '--to', 'left:'], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    );
  });
}

test('logins of createSessions go on in connect-redis, and the command says when it can be alone', async () => {
  const users = ['ada', 'bob', 'eve'].map((name) => ({ name, browser: new Browser() }));
  for (const { name, browser } of users) {
    await browser.post(`${ours.url}/login/${name}`);
    await browser.post(`${ours.url}/set/x/${name}`);
  }
  const expected = users.map(({ name }) => ({ user: { id: name, name }, x: name }));
  const during = await open(leaving('hf:session:'));
  expect(await me(users[0]?.browser ?? new Browser(), during)).toEqual(expected[0]);
  const early = await command('hf:session:');
  expect(early.code).toBe(1);
  expect(early.text).toMatch(/^2 of 3 sessions have no copy yet: .* has expired at 20\d\d-/);
  for (const [n, { browser }] of users.entries()) expect(await me(browser, during)).toEqual(expected[n]);
  expect(await command('hf:session:')).toEqual({
    code: 0,
    text: 'All 3 sessions have a copy: connect-redis can be used alone.\n',
  });
  await redis.del(...(await redis.keys('hf:session:*')));
  const after = await open(connectRedis);
  for (const [n, { browser }] of users.entries()) expect(await me(browser, after)).toEqual(expected[n]);
});

test('while both releases run a session is one: writes and logouts on either are seen on the other', async () => {
  const ada = new Browser();
  await ada.post(`${ours.url}/login/ada`);
  const during = await open(leaving('hf:session:'));
  await ada.post(`${during}/set/x/1`);
  expect(await (await ada.get(`${ours.url}/attributes`)).json()).toMatchObject({ x: '1', user: { id: 'ada' } });
  expect(await ours.sessions.devices.list('ada')).toHaveLength(1);
  const other = ada.copy();
  await ada.post(`${ours.url}/logout`);
  expect(await me(other, during)).toEqual({ user: null, x: null });
  const bob = new Browser();
  await bob.post(`${ours.url}/login/bob`);
  await me(bob, during);
  await bob.copy().post(`${during}/logout`);
  expect((await bob.get(`${ours.url}/me`)).status).toBe(401);
});

test('sessions of RedisSessionStore go on in connect-redis, and reconcile ends only those that ended in ours', async () => {
  const before = await open(new RedisSessionStore({ client: redis, ttl: 1800 }));
  const [ada, bob] = [new Browser(), new Browser()];
  for (const browser of [ada, bob]) await browser.post(`${before}/set/x/1`);
  const store = leaving('sess:');
  const during = await open(store);
  for (const browser of [ada, bob]) expect(await me(browser, during)).toMatchObject({ x: '1' });
  expect((await command('sess:')).code).toBe(0);
  await bob.copy().post(`${before}/logout`);
  expect(await store.reconcile()).toBe(1);
  const after = await open(connectRedis);
  expect(await me(ada, after)).toMatchObject({ x: '1' });
  expect(await me(bob, after)).toMatchObject({ x: null });
});

test('the command says that Redis is away', async () => {
  await server.stop();
  const { code, text } = await command('hf:session:');
  expect(code).toBe(2);
  expect(text).toContain('REDIS_URL: no Redis answers there');
  server = await startRedis();
});
