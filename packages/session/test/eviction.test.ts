import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

const DEVICES = 40;

const spyOnWarnings = () => jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);

describe.each(['redis', 'cached'] as const)('S0c: a Redis that evicts keys, store %s', (store) => {
  let server: TestRedis;
  let admin: Redis;
  let one: TestApp;
  let two: TestApp;
  let warned: ReturnType<typeof spyOnWarnings>;

  beforeEach(async () => {
    warned = spyOnWarnings();
    server = await startRedis({ args: ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-random'] });
    admin = new Redis(server.url);
    one = await startApp(server.url, { store });
    two = await startApp(server.url, { store });
  });

  afterEach(async () => {
    warned.mockRestore();
    await Promise.all([one.close(), two.close()]);
    admin.disconnect();
    await server.stop();
  });

  /** Logs Ada in on many devices, then has her index evicted, with or without a later login that makes a new one. */
  async function afterEviction(loginAfterwards: boolean): Promise<Browser[]> {
    const devices = Array.from({ length: DEVICES }, () => new Browser());
    for (const device of devices) await device.post(`${one.url}/login/ada`);
    const index = (await admin.keys('hf:session:user:*'))[0] ?? '';
    expect(await admin.zcard(index)).toBe(DEVICES);
    // What an eviction does, at the moment that hurts.
    await admin.del(index);
    if (loginAfterwards) {
      const device = new Browser();
      await device.post(`${one.url}/login/ada`);
      devices.push(device);
    }
    return devices;
  }

  const signedIn = async (devices: readonly Browser[]) => {
    const answers = await Promise.all(devices.map((device) => device.get(`${two.url}/me`)));
    return answers.filter(({ status }) => status === 200).length;
  };

  test.each([false, true])(
    'ending all devices ends all whose index is gone (a login since: %s)',
    async (loginSince) => {
      const devices = await afterEviction(loginSince);
      expect(await signedIn(devices)).toBe(devices.length);
      expect(await one.sessions.devices.endAll('ada', 'revoked')).toBe(devices.length);
      await waitFor(async () => (await signedIn(devices)) === 0, { timeoutMs: 1_000 });
    },
  );

  test('ending all others, ending one, and the list of devices find sessions whose index is gone', async () => {
    const devices = await afterEviction(true);
    const listed = await two.sessions.devices.list('ada');
    expect(listed).toHaveLength(devices.length);
    const [keep, victim] = listed;
    expect(await two.sessions.devices.end('ada', victim?.id ?? '', 'revoked')).toBe(true);
    await admin.del((await admin.keys('hf:session:user:*'))[0] ?? '');
    expect(await one.sessions.devices.endOthers('ada', keep?.id ?? '', 'revoked')).toBe(devices.length - 2);
    await waitFor(async () => (await signedIn(devices)) === 1, { timeoutMs: 1_000 });
  });

  test('an open socket whose index is gone is not taken for ended', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const session = await one.sessions.authenticateUpgrade({ headers: { cookie: ada.cookie } } as never);
    expect(session).not.toBeNull();
    await admin.del((await admin.keys('hf:session:user:*'))[0] ?? '');
    if (session !== null) expect(await one.sessions.check(session)).toBe(true);
  });

  test('an index does not end before the sessions of an earlier, longer lifetime', async () => {
    const ada = new Browser();
    await ada.post(`${one.url}/login/ada`);
    const index = (await admin.keys('hf:session:user:*'))[0] ?? '';
    const before = await admin.pexpiretime(index);
    const brief = await startApp(server.url, { store, absoluteSeconds: 60, idleSeconds: 30 });
    await new Browser().post(`${brief.url}/login/ada`);
    await brief.close();
    expect(await admin.pexpiretime(index)).toBe(before);
  });

  test('with real evictions under memory pressure, nobody stays signed in after the end of all devices', async () => {
    const users = Array.from({ length: 30 }, (_, n) => `user-${n}`);
    const browsers = new Map(users.map((user) => [user, Array.from({ length: 4 }, () => new Browser())]));
    for (const [user, devices] of browsers) for (const device of devices) await device.post(`${one.url}/login/${user}`);
    await admin.config(
      'SET',
      'maxmemory',
      String(Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]) + 300_000),
    );
    for (let n = 0; n < 3_000; n++) await admin.set(`filler:${n}`, 'x'.repeat(1_000)).catch(() => undefined);
    expect(Number(/evicted_keys:(\d+)/.exec(await admin.info('stats'))?.[1])).toBeGreaterThan(100);
    for (const [user, devices] of browsers) {
      await one.sessions.devices.endAll(user, 'revoked');
      await waitFor(async () => (await signedIn(devices)) === 0, { timeoutMs: 1_000 });
    }
  });

  test('whoever runs it is warned at start', async () => {
    await waitFor(() => warned.mock.calls.some(([text]) => String(text).includes('maxmemory-policy allkeys-random')));
  });
});
