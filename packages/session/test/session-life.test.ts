import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe.each(['redis', 'cached'] as const)('a session in the store %s', (store) => {
  let redis: TestRedis;
  let one: TestApp;
  let two: TestApp;

  beforeAll(async () => {
    redis = await startRedis();
    one = await startApp(redis.url, { store });
    two = await startApp(redis.url, { store });
  });

  afterAll(async () => {
    await one.close();
    await two.close();
    await redis.stop();
  });

  beforeEach(() => one.redis.flushall());

  const status = async (browser: Browser, app: TestApp) => (await browser.get(`${app.url}/me`)).status;
  const attributes = async (browser: Browser) => (await browser.get(`${one.url}/attributes`)).json();

  test('is the same on every instance', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const me = (await (await ada.get(`${two.url}/me`)).json()) as { user: unknown };
    expect(me.user).toEqual({ id: 'ada', name: 'ada' });
  });

  test('is not made by an anonymous request, which gets no cookie and leaves no key', async () => {
    const response = await new Browser().get(`${one.url}/anonymous`);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await one.redis.dbsize()).toBe(0);
  });

  test('is made by an anonymous request that writes one, and the attributes move along to the login', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/set/cart/apples`);
    const before = ada.cookie;
    await ada.post(`${two.url}/login/ada`);
    expect(ada.cookie).not.toBe(before);
    expect(await attributes(ada)).toMatchObject({ cart: 'apples', user: { id: 'ada' } });
  });

  test('does not hand one user the attributes of another', async () => {
    const browser = new Browser();
    await browser.post(`${one.url}/login/ada`);
    await browser.post(`${one.url}/set/cart/apples`);
    await browser.post(`${one.url}/login/bob`);
    expect(await attributes(browser)).toEqual({ user: { id: 'bob', name: 'bob' } });
  });

  test('takes nothing of a session that was logged out in the same request along to the next user', async () => {
    const browser = new Browser();
    await browser.post(`${one.url}/login/ada`);
    await browser.post(`${one.url}/set/cart/apples`);
    await browser.post(`${one.url}/switch/bob`);
    expect(await attributes(browser)).toEqual({ user: { id: 'bob', name: 'bob' } });
  });

  test('keeps parallel writes to different attributes', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const names = Array.from({ length: 20 }, (_, n) => `a${n}`);
    await Promise.all(names.map((name, n) => ada.post(`${n % 2 ? one.url : two.url}/set/${name}/${n}`)));
    await waitFor(async () => Object.keys((await attributes(ada)) as object).length === 21);
  });

  test('removes an attribute and leaves the others', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    await ada.post(`${one.url}/set/x/1`);
    await ada.post(`${one.url}/set/y/2`);
    await ada.post(`${one.url}/unset/x`);
    expect(await attributes(ada)).toEqual({ user: { id: 'ada', name: 'ada' }, y: '2' });
  });

  test('counts right when parallel requests increment one attribute through update', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    await Promise.all(Array.from({ length: 40 }, (_, n) => ada.post(`${n % 2 ? one.url : two.url}/increment/visits`)));
    await waitFor(async () => ((await attributes(ada)) as { visits: number }).visits === 40);
  });

  test('is written before a streamed response begins', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const response = await ada.post(`${one.url}/stream/x/1`);
    expect(await response.text()).toBe('one two three');
    expect(await attributes(ada)).toMatchObject({ x: '1' });
  });

  test('has another sid after login and after rotation, and the old one is dead at once', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const old = ada.copy();
    await ada.post(`${one.url}/set/x/1`);
    const { sessionId } = (await (await ada.get(`${one.url}/me`)).json()) as { sessionId: string };
    await ada.post(`${one.url}/rotate`);
    expect(ada.cookie).not.toBe(old.cookie);
    expect(await status(old, one)).toBe(401);
    await waitFor(async () => (await status(old, two)) === 401);
    expect(await (await ada.get(`${two.url}/me`)).json()).toMatchObject({ sessionId });
    expect(await attributes(ada)).toMatchObject({ x: '1' });
  });

  test('answers a write under a sid that was just rotated away with 401 and no cookie', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const old = ada.copy();
    await ada.post(`${one.url}/rotate`);
    const late = await old.post(`${one.url}/set/x/1`);
    expect(late.status).toBe(401);
    expect(late.headers.getSetCookie()).toEqual([]);
  });

  test('answers a write under a sid that was logged out, or ended by its owner, with 401 and no cookie', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const old = ada.copy();
    await ada.post(`${one.url}/logout`);
    await ada.post(`${one.url}/login/ada`);
    const revoked = ada.copy();
    await one.sessions.devices.endAll('ada', 'revoked');
    for (const dead of [old, revoked]) {
      const late = await dead.post(`${one.url}/set/x/1`);
      expect(late.status).toBe(401);
      expect(await late.json()).toMatchObject({ code: 'session_ended' });
      expect(late.headers.getSetCookie()).toEqual([]);
    }
  });

  test('can be made anew under a sid that has merely expired', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const stale = ada.copy();
    await one.redis.flushall();
    const fresh = await stale.post(`${one.url}/set/x/1`);
    expect(fresh.status).toBe(200);
    expect(stale.cookie).not.toBe(ada.cookie);
    expect(await attributes(stale)).toEqual({ x: '1' });
  });

  test('is dead everywhere after logout, and the cookie is taken back', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const stolen = ada.copy();
    await status(stolen, two);
    await ada.post(`${one.url}/logout`);
    expect(ada.cookie).toBeUndefined();
    expect(await status(stolen, one)).toBe(401);
    await waitFor(async () => (await status(stolen, two)) === 401, { timeoutMs: 100 });
  });

  test('never exists under an invented, unsigned or tampered sid', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const real = ada.cookie ?? '';
    for (const cookie of ['hf_sid=abc', 'hf_sid=s%3Aabc.def', real.slice(0, -1) + (real.endsWith('A') ? 'B' : 'A')]) {
      ada.cookie = cookie;
      expect(await status(ada, one)).toBe(401);
      const written = await ada.post(`${one.url}/set/x/1`);
      expect(written.headers.getSetCookie()[0]).not.toContain(cookie);
    }
  });

  test('leaves neither its sid nor its cookie in any Redis key or value', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    await ada.post(`${one.url}/set/x/1`);
    const sid = decodeURIComponent(ada.cookie ?? '').replace(/^hf_sid=s:(.*)\..*$/, '$1');
    expect(sid).toMatch(/^[0-9a-f]{2}~.{32}$/);
    for (const key of await one.redis.keys('*')) {
      expect(key).not.toContain(sid);
      const isHash = (await one.redis.type(key)) === 'hash';
      const value = isHash ? await one.redis.hgetall(key) : await one.redis.zrange(key, '0', '-1');
      expect(JSON.stringify(value)).not.toContain(sid);
    }
  });
});
