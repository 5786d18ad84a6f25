import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SessionUnsupportedError } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe.each(['memory', 'connect-redis'] as const)('the stock store %s', (store) => {
  let redis: TestRedis;
  let app: TestApp;

  beforeAll(async () => {
    redis = await startRedis();
    app = await startApp(redis.url, { store, idleSeconds: 0.5, absoluteSeconds: 1 });
  });

  afterAll(async () => {
    await app.close();
    await redis.stop();
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
    const strict = await startApp(redis.url, { store, rolling: true, ...options });
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
