import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SessionEnded } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe('devices', () => {
  let redis: TestRedis;
  let one: TestApp;
  let two: TestApp;
  let heard: Array<SessionEnded & { by: 'one' | 'two' }> = [];

  beforeAll(async () => {
    redis = await startRedis();
    one = await startApp(redis.url);
    two = await startApp(redis.url, { store: 'cached' });
    one.sessions.onEnded((event) => heard.push({ ...event, by: 'one' }));
    two.sessions.onEnded((event) => heard.push({ ...event, by: 'two' }));
    await waitFor(async () => Number((await one.redis.pubsub('NUMSUB', 'hf:session:ended'))[1]) === 2);
  });

  afterAll(async () => {
    await one.close();
    await two.close();
    await redis.stop();
  });

  beforeEach(async () => {
    await one.redis.flushall();
    heard = [];
  });

  async function login(user = 'ada'): Promise<{ browser: Browser; id: string }> {
    const browser = new Browser();
    const response = await browser.post(`${one.url}/login/${user}`);
    return { browser, id: ((await response.json()) as { id: string }).id };
  }

  const alive = async (browser: Browser, app = one) => (await browser.get(`${app.url}/me`)).status === 200;

  test('lists the live sessions of a user, newest first, by public ids', async () => {
    const first = await login();
    const second = await login();
    await login('bob');
    const devices = await two.sessions.devices.list('ada');
    expect(new Set(devices.map(({ id }) => id))).toEqual(new Set([first.id, second.id]));
    expect(devices[0]?.createdAt.getTime()).toBeGreaterThanOrEqual(devices[1]?.createdAt.getTime() ?? 0);
    expect(devices[0]?.userAgent).toBe('node');
    expect(JSON.stringify(devices)).not.toContain(decodeURIComponent(first.browser.cookie ?? '').slice(9, 30));
    expect(await two.sessions.devices.list('nobody')).toEqual([]);
  });

  test('ends one, and nobody else', async () => {
    const [laptop, phone] = [await login(), await login()];
    expect(await two.sessions.devices.end('bob', phone.id, 'revoked')).toBe(false);
    expect(await two.sessions.devices.end('ada', phone.id, 'revoked')).toBe(true);
    expect(await two.sessions.devices.end('ada', phone.id, 'revoked')).toBe(false);
    expect(await alive(phone.browser)).toBe(false);
    expect(await alive(laptop.browser)).toBe(true);
  });

  test('ends all others, or all', async () => {
    const [laptop, phone, tv] = [await login(), await login(), await login()];
    expect(await one.sessions.devices.endOthers('ada', laptop.id, 'password-changed')).toBe(2);
    expect([await alive(laptop.browser), await alive(phone.browser), await alive(tv.browser)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await one.sessions.devices.endAll('ada', 'revoked')).toBe(1);
    expect(await one.sessions.devices.list('ada')).toEqual([]);
    await waitFor(async () => !(await alive(laptop.browser, two)));
  });

  test('tells every process of the end, with the reason, and who ended it', async () => {
    const { id } = await login();
    await one.sessions.devices.end('ada', id, 'password-changed');
    await waitFor(() => heard.length === 2);
    const event = { sessionId: id, userId: 'ada', reason: 'password-changed' };
    expect(heard).toContainEqual({ ...event, by: 'one', local: true });
    expect(heard).toContainEqual({ ...event, by: 'two', local: false });
  });

  test('closes what watches the session, once, and nothing else', async () => {
    const [laptop, phone] = [await login(), await login()];
    const watched = await two.sessions.authenticateUpgrade({ headers: { cookie: phone.browser.cookie } } as never);
    const other = await two.sessions.authenticateUpgrade({ headers: { cookie: laptop.browser.cookie } } as never);
    const reasons: string[] = [];
    if (watched === null || other === null) throw new Error('not authenticated');
    expect(watched).toMatchObject({ user: { id: 'ada', name: 'ada' }, sessionId: phone.id });
    two.sessions.watch(watched, (reason) => reasons.push(reason));
    two.sessions.watch(other, () => reasons.push('wrong one'));
    expect(await two.sessions.check(watched)).toBe(true);
    await phone.browser.post(`${one.url}/logout`);
    await waitFor(() => reasons.length > 0, { timeoutMs: 250 });
    expect(await two.sessions.check(watched)).toBe(false);
    expect(reasons).toEqual(['logout']);
  });

  test('keeps a watched session open through a rotation', async () => {
    const { browser } = await login();
    const watched = await two.sessions.authenticateUpgrade({ headers: { cookie: browser.cookie } } as never);
    if (watched === null) throw new Error('not authenticated');
    await browser.post(`${one.url}/rotate`);
    expect(await two.sessions.check(watched)).toBe(true);
    await two.sessions.touch(watched);
  });

  test('does not let an upgrade in with no session, or with one that has ended', async () => {
    const { browser } = await login();
    const upgrade = (cookie?: string) => one.sessions.authenticateUpgrade({ headers: { cookie } } as never);
    expect(await upgrade()).toBeNull();
    expect(await upgrade('hf_sid=s%3Ainvented.signature')).toBeNull();
    const cookie = browser.cookie;
    await browser.post(`${one.url}/logout`);
    expect(await upgrade(cookie)).toBeNull();
  });

  test('forgets nothing of a user with odd characters in the id', async () => {
    const user = 'Ada {1} *?[x] ä %25';
    const browser = new Browser();
    await browser.post(`${one.url}/login/${encodeURIComponent(user)}`);
    const [device] = await one.sessions.devices.list(user);
    expect(await one.sessions.devices.end(user, device?.id ?? '', 'revoked')).toBe(true);
    expect(await alive(browser)).toBe(false);
  });
});

describe('a cap of three sessions a user', () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterAll(() => redis.stop());

  const open = (onLimit: 'expire-oldest' | 'refuse') =>
    Promise.all([1, 2].map(() => startApp(redis.url, { maxSessionsPerUser: 3, onLimit })));

  test('ends the oldest session', async () => {
    const apps = await open('expire-oldest');
    const [app] = apps as [TestApp];
    const browsers = Array.from({ length: 4 }, () => new Browser());
    for (const browser of browsers) await browser.post(`${app.url}/login/ada`);
    const statuses = await Promise.all(browsers.map(async (browser) => (await browser.get(`${app.url}/me`)).status));
    expect(statuses).toEqual([401, 200, 200, 200]);
    for (const each of apps) await each.close();
  });

  test('does not count the session that a new login replaces', async () => {
    const apps = await open('refuse');
    const [app] = apps as [TestApp];
    const browsers = Array.from({ length: 3 }, () => new Browser());
    for (const browser of browsers) await browser.post(`${app.url}/login/eve`);
    expect((await browsers[0]?.post(`${app.url}/login/eve`))?.status).toBe(200);
    const refused = await new Browser().post(`${app.url}/login/eve`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'session_limit' });
    expect(refused.headers.getSetCookie()).toEqual([]);
    for (const each of apps) await each.close();
  });

  test.each(['expire-oldest', 'refuse'] as const)('is never exceeded by parallel logins (%s)', async (onLimit) => {
    const apps = await open(onLimit);
    for (let round = 0; round < 25; round += 1) {
      const user = `${onLimit}-${round}`;
      const browsers = Array.from({ length: 8 }, () => new Browser());
      await Promise.all(browsers.map((browser, n) => browser.post(`${apps[n % 2]?.url}/login/${user}`)));
      const alive = await Promise.all(
        browsers.map(async (browser) => (await browser.get(`${apps[0]?.url}/me`)).status === 200),
      );
      expect(alive.filter(Boolean)).toHaveLength(3);
      expect(await apps[0]?.sessions.devices.list(user)).toHaveLength(3);
    }
    for (const each of apps) await each.close();
  });
});
