import { startRedisCluster, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisSessionStore } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe.each(['redis', 'cached'] as const)('on a Redis Cluster of three, the store %s', (store) => {
  let cluster: TestRedisCluster;
  let one: TestApp;
  let two: TestApp;

  beforeAll(async () => {
    cluster = await startRedisCluster();
    one = await startApp(await cluster.connect(), { store, maxSessionsPerUser: 3 });
    two = await startApp(await cluster.connect(), { store, maxSessionsPerUser: 3 });
  }, 60_000);

  afterAll(async () => {
    await one.close();
    await two.close();
    await cluster.stop();
  });

  const users = Array.from({ length: 30 }, (_, n) => `user-${n}`);
  const status = async (app: TestApp, browser: Browser) => (await browser.get(`${app.url}/me`)).status;

  test('logs users in from an anonymous session in another slot, spread over all servers', async () => {
    for (const user of users) {
      const browser = new Browser();
      await browser.post(`${one.url}/set/cart/apples`);
      const anonymous = browser.copy();
      expect((await browser.post(`${one.url}/login/${user}`)).status).toBe(200);
      expect(await (await browser.get(`${two.url}/attributes`)).json()).toMatchObject({ cart: 'apples' });
      expect(await (await anonymous.get(`${one.url}/attributes`)).json()).toEqual({});
    }
  });

  test('rotates, writes, counts and logs out', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const old = ada.copy();
    await ada.post(`${two.url}/rotate`);
    expect(await status(two, old)).toBe(401);
    await Promise.all([1, 2, 3, 4].map((n) => ada.post(`${(n % 2 ? one : two).url}/increment/n`)));
    await waitFor(async () => ((await (await ada.get(`${one.url}/attributes`)).json()) as { n: number }).n === 4);
    const copy = ada.copy();
    await ada.post(`${one.url}/logout`);
    await waitFor(async () => (await status(two, copy)) === 401, { timeoutMs: 250 });
  });

  test('never exceeds the cap under parallel logins', async () => {
    for (const user of users) {
      const browsers = Array.from({ length: 8 }, () => new Browser());
      await Promise.all(browsers.map((browser, n) => browser.post(`${(n % 2 ? one : two).url}/login/cap-${user}`)));
      expect(await one.sessions.devices.list(`cap-${user}`)).toHaveLength(3);
    }
  });

  test('tells every process of an ended session, whichever server it was on', async () => {
    const heard: string[] = [];
    const stop = two.sessions.onEnded(({ userId, reason }) => heard.push(`${userId} ${reason}`));
    for (const user of users) {
      await new Browser().post(`${one.url}/login/end-${user}`);
      expect(await one.sessions.devices.endAll(`end-${user}`, 'revoked')).toBe(1);
    }
    await waitFor(() => users.every((user) => heard.includes(`end-${user} revoked`)));
    stop();
  });

  test('lists and clears what RedisSessionStore holds on all servers', async () => {
    const client = await cluster.connect();
    const plain = new RedisSessionStore({ client });
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => plain.set(`s${n}`, { cookie: { originalMaxAge: null } } as never)),
    );
    expect(await plain.length()).toBe(100);
    await plain.clear();
    expect(await plain.length()).toBe(0);
    client.disconnect();
  });

  if (store === 'cached') {
    test('reads unchanged sessions without a command, and is invalidated by the server that holds the session', async () => {
      for (const user of users) {
        const browser = new Browser();
        await browser.post(`${one.url}/login/near-${user}`);
        await waitFor(async () => {
          const { hits } = two.sessions.metrics();
          await status(two, browser);
          return two.sessions.metrics().hits > hits;
        });
        await browser.post(`${one.url}/set/x/1`);
        const seen = async () => ((await (await browser.get(`${two.url}/attributes`)).json()) as { x?: string }).x;
        await waitFor(async () => (await seen()) === '1', { timeoutMs: 250 });
      }
    });
  }

  test('answers 503 for users on a frozen server, and goes on serving the others', async () => {
    const browsers = await Promise.all(
      users.map(async (user) => {
        const browser = new Browser();
        await browser.post(`${one.url}/login/frozen-${user}`);
        return browser;
      }),
    );
    cluster.nodes[0]?.pause();
    try {
      const write = async (browser: Browser) => (await browser.post(`${one.url}/set/x/1`)).status;
      const statuses = await Promise.all(browsers.map(write));
      expect(statuses).toContain(200);
      expect(statuses).toContain(503);
      const again = performance.now();
      expect(await Promise.all(browsers.map(write))).toEqual(statuses);
      expect(performance.now() - again).toBeLessThan(400);
    } finally {
      cluster.nodes[0]?.resume();
    }
    await waitFor(async () =>
      (await Promise.all(browsers.map((browser) => status(one, browser)))).every((s) => s === 200),
    );
  });
});
