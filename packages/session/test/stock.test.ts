import { startMemcached, startRedis, type TestMemcached, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createSessions, type SessionOptions, SessionUnsupportedError } from '../src/index.js';
import { SECRET, startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

test('S13: health asks through one port, however often it is called', async () => {
  const client = new Redis(1, { lazyConnect: true, enableOfflineQueue: false });
  const sessions = createSessions({ store: 'connect-redis', secrets: [SECRET], redis: client });
  for (let n = 0; n < 20; n += 1) await sessions.health().catch(() => undefined);
  expect(client.listenerCount('ready')).toBeLessThanOrEqual(1);
  client.disconnect();
});

describe.each(['memory', 'connect-redis', 'memcached'] as const)('the stock store %s', (store) => {
  let redis: TestRedis;
  let memcached: TestMemcached;
  let app: TestApp;

  const start = (options: Partial<SessionOptions>) =>
    startApp(redis.url, { store, memcached: `127.0.0.1:${memcached.port}`, ...options });

  beforeAll(async () => {
    [redis, memcached] = await Promise.all([startRedis(), startMemcached()]);
    // Memcached counts in whole seconds, by a clock that ticks once a second.
    app = await start({ idleSeconds: store === 'memcached' ? 3 : 0.5, absoluteSeconds: store === 'memcached' ? 3 : 1 });
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([redis.stop(), memcached.stop()]);
  });

  const upgrade = (cookie?: string) => app.sessions.authenticateUpgrade({ headers: { cookie } } as never);

  test('logs in, rotates, authenticates an upgrade and logs out', async () => {
    const ada = new Browser();
    const { id } = (await (await ada.post(`${app.url}/login/ada`)).json()) as { id: string };
    expect(await (await ada.get(`${app.url}/me`)).json()).toMatchObject({ user: { id: 'ada' }, sessionId: id });
    const session = await upgrade(ada.cookie);
    expect(session).toMatchObject({ user: { id: 'ada' }, sessionId: id });
    const old = ada.copy();
    await ada.post(`${app.url}/rotate`);
    expect((await old.get(`${app.url}/me`)).status).toBe(401);
    expect((await ada.get(`${app.url}/me`)).status).toBe(200);
    const heard: string[] = [];
    const stop = app.sessions.onEnded(({ reason }) => heard.push(reason));
    const stolen = ada.copy();
    await ada.post(`${app.url}/logout`);
    stop();
    expect(heard).toEqual(['logout']);
    expect((await stolen.get(`${app.url}/me`)).status).toBe(401);
    expect(await upgrade(stolen.cookie)).toBeNull();
  });

  test('ends a session at its absolute lifetime, however active', async () => {
    const ada = new Browser();
    await ada.post(`${app.url}/login/ada`);
    const start = performance.now();
    await waitFor(async () => (await ada.get(`${app.url}/me`)).status === 401);
    expect(performance.now() - start).toBeGreaterThan(900);
  });

  test('says that it cannot list devices, rather than give an empty list', async () => {
    const { devices } = app.sessions;
    await expect(devices.list('ada')).rejects.toThrow(SessionUnsupportedError);
    await expect(devices.endAll('ada', 'revoked')).rejects.toThrow(SessionUnsupportedError);
  });

  test('S14: sets the cookie as the options say, and S6: keeps every field of the user', async () => {
    const options = {
      sameSite: 'none',
      secure: true,
      partitioned: true,
      domain: 'example.com',
      maxAge: 60_000,
    } as const;
    const strict = await start({ rolling: true, ...options });
    try {
      const user = { id: 'ada', name: 'Ada', role: 'admin' };
      const response = await fetch(`${strict.url}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
        body: JSON.stringify(user),
      });
      expect(await response.json()).toEqual({ user });
      const [line] = response.headers.getSetCookie();
      expect(line).toMatch(/^__Secure-hf_sid=.*; Domain=example.com; Path=\/; Expires=.*; HttpOnly; Secure; /);
      expect(line).toMatch(/; Partitioned; SameSite=None$/);
      const again = await fetch(`${strict.url}/me`, {
        headers: { cookie: line?.split(';')[0] ?? '', 'x-forwarded-proto': 'https' },
      });
      expect(await again.json()).toMatchObject({ user });
      expect(again.headers.getSetCookie()).toHaveLength(1);
    } finally {
      await strict.close();
    }
  });

  test('the code of a 401 tells no session, an unknown one and an expired one apart', async () => {
    const codeOf = async (cookie = '') =>
      ((await (await fetch(`${app.url}/guarded`, { headers: { cookie } })).json()) as { code?: string }).code;
    expect(await codeOf()).toBe('unauthenticated');
    const ada = new Browser();
    await ada.post(`${app.url}/login/ada`);
    const late = ada.copy();
    await ada.post(`${app.url}/logout`);
    expect(await codeOf(late.cookie)).toBe('session_unknown');
  });
});

describe('the stock store memcached', () => {
  let redis: TestRedis;
  let memcached: TestMemcached;
  beforeAll(async () => {
    [redis, memcached] = await Promise.all([startRedis(), startMemcached()]);
  });
  afterAll(async () => {
    await Promise.all([redis.stop(), memcached.stop()]);
  });

  test('is one store for several processes, and empty after a restart of Memcached: everybody is logged out', async () => {
    const options = { store: 'memcached', memcached: `127.0.0.1:${memcached.port}` } as const;
    const apps = await Promise.all([startApp(redis.url, options), startApp(redis.url, options)]);
    const [first, second] = apps.map(({ url }) => url);
    const ada = new Browser();
    await ada.post(`${first}/login/ada`);
    expect((await ada.get(`${second}/me`)).status).toBe(200);
    await apps[1]?.sessions.health();
    await memcached.restart();
    await waitFor(async () => (await ada.get(`${first}/me`)).status === 401);
    await Promise.all(apps.map((app) => app.close()));
  });

  test('wants the address of its server', () => {
    const redis = {} as never;
    const secrets = [SECRET];
    for (const memcached of [undefined, 'memcached', 'memcached://127.0.0.1:11211']) {
      expect(() => createSessions({ store: 'memcached', secrets, redis, memcached })).toThrow(
        /memcached: the store 'memcached' needs the address of the server as host:port/,
      );
    }
  });
});
