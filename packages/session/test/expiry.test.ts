import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { SessionEnded } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe.each(['redis', 'cached'] as const)('expiry in the store %s', (store) => {
  let redis: TestRedis;
  let apps: TestApp[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });

  beforeEach(async () => {
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  });

  afterEach(async () => {
    for (const app of apps) await app.close();
    apps = [];
  });

  afterAll(() => redis.stop());

  async function open(idleSeconds: number, absoluteSeconds: number): Promise<TestApp> {
    const app = await startApp(redis.url, { store, idleSeconds, absoluteSeconds });
    apps.push(app);
    return app;
  }

  const status = async (app: TestApp, browser: Browser) => (await browser.get(`${app.url}/me`)).status;

  test('ends a session that is not used for the idle time', async () => {
    const app = await open(0.4, 60);
    const ada = new Browser();
    await ada.post(`${app.url}/login/ada`);
    const [key = ''] = await app.redis.keys('hf:session:{*');
    // The idle time, and the tenth of it within which a use is not told to Redis.
    expect(await app.redis.pttl(key)).toBeLessThanOrEqual(440);
    await waitFor(async () => (await app.redis.exists(key)) === 0);
    expect(await status(app, ada)).toBe(401);
  });

  test('keeps a session alive while it is used, but not beyond its absolute lifetime', async () => {
    const app = await open(0.4, 1.2);
    const ada = new Browser();
    const start = performance.now();
    await ada.post(`${app.url}/login/ada`);
    await waitFor(async () => (await status(app, ada)) === 401);
    expect(performance.now() - start).toBeGreaterThan(1100);
    expect(performance.now() - start).toBeLessThan(1700);
  });

  test('S15: a session is never out earlier than its idle time after the last use, which is what its devices are told', async () => {
    const app = await open(2, 60);
    const ada = new Browser();
    await ada.post(`${app.url}/login/never-early-${store}`);
    const [key = ''] = await app.redis.keys('hf:session:{*');
    const { touched } = app.sessions.metrics();
    await status(app, ada);
    // Too soon for a touch, and yet the whole idle time is before it.
    expect(app.sessions.metrics().touched).toBe(touched);
    expect(await app.redis.pttl(key)).toBeGreaterThan(2000);
    const [device] = await app.sessions.devices.list(`never-early-${store}`);
    const touchedAt = Number(await app.redis.hget(key, '@t'));
    expect(Number(device?.expiresAt)).toBe(touchedAt + 2000);
  });

  test('S15: the absolute lifetime is not prolonged', async () => {
    const app = await open(2, 2);
    await new Browser().post(`${app.url}/login/absolute-${store}`);
    const keys = await app.redis.keys('hf:session:{*');
    for (const key of keys) expect(await app.redis.pttl(key)).toBeLessThanOrEqual(2000);
  });

  test('touches at most once per tenth of the idle time', async () => {
    const app = await open(2, 60);
    const ada = new Browser();
    await ada.post(`${app.url}/login/ada`);
    const start = performance.now();
    for (let n = 0; n < 100; n += 1) await status(app, ada);
    const tenths = Math.floor((performance.now() - start) / 200) + 1;
    expect(app.sessions.metrics().touched).toBeLessThanOrEqual(tenths);
  });

  test('announces each expired session once, in every process, and only one of them counts it as its own', async () => {
    const processes = [await open(0.4, 60), await open(0.4, 60), await open(0.4, 60)];
    await waitFor(
      async () => Number((await processes[0]?.redis.pubsub('NUMSUB', 'hf:session:ended'))?.[1]) === processes.length,
    );
    const heard: SessionEnded[][] = processes.map(() => []);
    for (const [n, app] of processes.entries()) app.sessions.onEnded((event) => heard[n]?.push(event));
    const users = Array.from({ length: 30 }, (_, n) => `user-${store}-${n}`);
    await Promise.all(users.map((user) => new Browser().post(`${processes[0]?.url}/login/${user}`)));
    const mine = (events: SessionEnded[] = []) => events.filter(({ userId }) => users.includes(userId));
    await waitFor(() => heard.every((events) => mine(events).length >= users.length));
    for (const events of heard) {
      expect(
        mine(events)
          .map(({ userId }) => userId)
          .sort(),
      ).toEqual([...users].sort());
      expect(new Set(mine(events).map(({ reason }) => reason))).toEqual(new Set(['expired']));
    }
    expect(heard.flatMap(mine).filter(({ local }) => local)).toHaveLength(users.length);
    expect(await processes[0]?.sessions.devices.list(users[0] ?? '')).toEqual([]);
  });

  test('announces no expiry of a session that was logged out', async () => {
    const app = await open(0.3, 60);
    await waitFor(async () => Number((await app.redis.pubsub('NUMSUB', 'hf:session:ended'))[1]) === 1);
    const reasons: string[] = [];
    app.sessions.onEnded(({ userId, reason }) => reasons.push(`${userId} ${reason}`));
    const [left, stayed] = [new Browser(), new Browser()];
    await left.post(`${app.url}/login/left-${store}`);
    await left.post(`${app.url}/logout`);
    await stayed.post(`${app.url}/login/stayed-${store}`);
    await waitFor(() => reasons.includes(`stayed-${store} expired`));
    expect(reasons).toEqual([`left-${store} logout`, `stayed-${store} expired`]);
  });
});
