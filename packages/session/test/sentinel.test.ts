import { once } from 'node:events';
import { DOWN_AFTER_MS, startSentinels, type TestSentinels, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

describe.each(['redis', 'cached'] as const)('behind Redis Sentinel, the store %s', (store) => {
  let sentinels: TestSentinels;
  let app: TestApp;

  beforeAll(async () => {
    sentinels = await startSentinels();
    const redis = sentinels.connect();
    redis.on('error', () => undefined);
    await once(redis, 'ready');
    app = await startApp(redis, { store });
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await sentinels.stop();
  });

  test('survives the death of the master: writes fail fast until half a second after Sentinel names the new one, no session is lost', async () => {
    const users = Array.from({ length: 20 }, () => new Browser());
    for (const [n, user] of users.entries()) await user.post(`${app.url}/login/u${n}`);
    await waitFor(async () => (await app.redis.wait(1, 100)) === 1);
    await sentinels.master.kill();
    const start = performance.now();
    let slowest = 0;
    const write = async () => {
      const before = performance.now();
      const { status } = await (users[0] ?? new Browser()).post(`${app.url}/set/x/1`);
      slowest = Math.max(slowest, performance.now() - before);
      expect([200, 503]).toContain(status);
      return status === 200;
    };
    const announced = waitFor(async () => (await sentinels.masterPort()) === sentinels.replica.port, {
      timeoutMs: 15_000,
    }).then(() => performance.now() - start);
    await waitFor(write, { timeoutMs: 15_000 });
    const outageMs = performance.now() - start;
    const announcedMs = await announced;
    const rounded = [outageMs, announcedMs, slowest].map(Math.round);
    console.info(
      `sentinel failover, ${store}: ${rounded[0]} ms without writes (Sentinel named the new master after ${rounded[1]})`,
    );
    expect(slowest).toBeLessThan(700);
    // Until then it is Sentinel's own affair, usually down-after and up to 1.5 s; what follows is ours.
    expect(outageMs - announcedMs).toBeLessThan(500);
    expect(outageMs).toBeLessThan(DOWN_AFTER_MS + 5000);
    for (const user of users) expect((await user.get(`${app.url}/me`)).status).toBe(200);
  }, 30_000);
});
