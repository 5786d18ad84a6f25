import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cookieSettings } from '../src/options/cookie-options.js';
import { sidFor } from '../src/store/keyspace.js';
import { SECRET, startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

/** Numbers are the lines of the security checklist; lines 8 to 10 are in devices.test.ts, 7 in expiry.test.ts. */
describe.each(['redis', 'cached'] as const)('with the store %s', (store) => {
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

  const me = async (browser: Browser, app = one) => (await browser.get(`${app.url}/me`)).status;

  async function login(app = one): Promise<Browser> {
    const browser = new Browser();
    await browser.post(`${app.url}/login/ada`);
    return browser;
  }

  test('1: ten thousand sids are all different and have at least 128 random bits', () => {
    const random = Array.from({ length: 10_000 }, () => sidFor('ada').slice(3));
    expect(new Set(random).size).toBe(10_000);
    for (const bits of random) expect(Buffer.from(bits, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  });

  test('2, 3: an unsigned or tampered cookie is an anonymous request, not an error', async () => {
    const ada = await login();
    const cookie = ada.cookie ?? '';
    for (const bad of [cookie.replace('s%3A', ''), `${cookie.slice(0, -2)}AA`, 'hf_sid=', 'hf_sid=%', 'hf_sid=s%3A.']) {
      ada.cookie = bad;
      const response = await ada.get(`${one.url}/anonymous`);
      expect(response.status).toBe(200);
      expect(await me(ada)).toBe(401);
    }
  });

  test('5: after logout the old cookie gets 401 on every instance within 100 ms', async () => {
    for (let round = 0; round < 10; round += 1) {
      const ada = await login();
      const copy = ada.copy();
      await me(copy, two);
      await ada.post(`${one.url}/logout`);
      await waitFor(async () => (await me(copy, one)) === 401 && (await me(copy, two)) === 401, { timeoutMs: 100 });
    }
  });

  test('6: logout wins over writes and reads under way, 100 of 100', async () => {
    await one.redis.flushall();
    for (let round = 0; round < 100; round += 1) {
      const ada = await login();
      const writers = Array.from({ length: 4 }, () => ada.copy());
      const others = writers.map((writer, n) => writer.post(`${(n % 2 ? one : two).url}/set/x/${n}`));
      await ada.copy().post(`${one.url}/logout`);
      for (const response of await Promise.all(others)) {
        expect([200, 401]).toContain(response.status);
        expect(response.headers.getSetCookie()).toEqual([]);
      }
      expect(await me(ada)).toBe(401);
    }
    // Nothing but tombstones is left.
    for (const key of await one.redis.keys('hf:session:{*')) {
      expect(Object.keys(await one.redis.hgetall(key))).toEqual(['@x']);
    }
  });

  test('11: a sid in the URL is ignored', async () => {
    const sid = encodeURIComponent((await login()).cookie?.slice('hf_sid='.length) ?? '');
    expect((await fetch(`${one.url}/me?hf_sid=${sid}&sid=${sid}`)).status).toBe(401);
    expect((await fetch(`${one.url}/me;hf_sid=${sid}`)).status).not.toBe(200);
  });

  test('12: no error carries a sid or a cookie', async () => {
    const ada = await login();
    const cookie = ada.cookie ?? '';
    redis.pause();
    try {
      const failed = await ada.post(`${one.url}/set/x/1`);
      expect(failed.status).toBe(503);
      expect(await failed.text()).not.toContain(decodeURIComponent(cookie).slice(9, 30));
      const error = await one.sessions
        .authenticateUpgrade({ headers: { cookie: (await signedByUs()).cookie } } as never)
        .catch((reason: Error) => reason);
      expect(JSON.stringify([error, String(error), (error as Error).stack, (error as Error).cause])).not.toContain('~');
    } finally {
      redis.resume();
    }
    await waitFor(async () => (await me(ada)) === 200);

    async function signedByUs(): Promise<Browser> {
      const { sessionCookie } = await import('../src/cookie/session-cookie.js');
      const browser = new Browser();
      const options = { ...cookieSettings('hf_sid', false, {}), secrets: [SECRET] };
      browser.cookie = sessionCookie(sidFor('x'), options, false).split(';')[0];
      return browser;
    }
  });

  test('14: a cookie signed with the old key is accepted, and new ones are signed with the new key', async () => {
    const rotated = await startApp(redis.url, { store, secrets: ['the-new-secret-for-tests', SECRET] });
    try {
      const old = await login();
      expect(await me(old, rotated)).toBe(200);
      expect(await me(await login(rotated), one)).toBe(401);
    } finally {
      await rotated.close();
    }
  });

  test('17: of two session cookies the first counts, every time', async () => {
    const [ada, other] = [await login(), await login()];
    const both = new Browser();
    const idOf = async (browser: Browser) =>
      ((await (await browser.get(`${one.url}/me`)).json()) as { sessionId?: string }).sessionId;
    both.cookie = `${ada.cookie}; ${other.cookie}`;
    for (let n = 0; n < 5; n += 1) expect(await idOf(both)).toBe(await idOf(ada));
    both.cookie = `${other.cookie}; ${ada.cookie}`;
    expect(await idOf(both)).toBe(await idOf(other));
  });
});
