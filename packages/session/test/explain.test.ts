import { startMemcached, startRedis, type TestMemcached, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SessionStoreKind } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

let redis: TestRedis;
let memcached: TestMemcached;
beforeAll(async () => {
  [redis, memcached] = await Promise.all([startRedis(), startMemcached()]);
});
afterAll(async () => {
  await Promise.all([redis.stop(), memcached.stop()]);
});

const start = (store: SessionStoreKind, explain?: boolean): Promise<TestApp> =>
  startApp(redis.url, { store, memcached: `127.0.0.1:${memcached.port}`, prefix: `hf:${store}:`, explain });

const told = (response: Response) => response.headers.get('x-session');

describe.each([
  ['memory', 'memory', 'memory'],
  ['connect-redis', 'redis', 'redis'],
  ['memcached', 'memcached', 'memcached'],
  ['redis', 'redis', 'redis'],
  ['cached', 'near-cache', 'redis'],
] as const)('x-session of the store %s', (store, first, writes) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await start(store, true);
  });
  afterAll(() => app.close());

  test('tells a session that is missing, written and read', async () => {
    const ada = new Browser();
    expect(told(await ada.get(`${app.url}/me`))).toBe(`${first};missing`);
    expect(told(await ada.post(`${app.url}/login/ada`))).toBe(`${writes};written`);
    // The near cache has it from the first read on.
    expect(told(await ada.get(`${app.url}/me`))).toBe(`${writes};read`);
    expect(told(await ada.get(`${app.url}/me`))).toBe(`${first};read`);
    expect(told(await ada.post(`${app.url}/set/colour/red`))).toBe(`${writes};written`);
    expect(told(await ada.post(`${app.url}/stream/colour/blue`))).toBe(`${writes};written`);
    expect(told(await ada.post(`${app.url}/rotate`))).toBe(`${writes};written`);
    const stolen = ada.copy();
    expect(told(await ada.post(`${app.url}/logout`))).toBe(`${writes};written`);
    expect(told(await stolen.get(`${app.url}/me`))).toBe(`${writes};missing`);
  });

  test('tells a session that is made without a login', async () => {
    const response = await new Browser().post(`${app.url}/set/colour/red`);
    expect([response.status, told(response)]).toEqual([200, `${writes};written`]);
  });
});

test.each([
  ['memory', false],
  ['connect-redis', false],
  ['redis', true],
  ['cached', true],
] as const)('x-session-key of the store %s is told: %s', async (store, isTold) => {
  const app = await start(store, true);
  const ada = new Browser();
  expect((await ada.get(`${app.url}/me`)).headers.get('x-session-key')).toBeNull();
  const keys = [await ada.post(`${app.url}/login/ada`), await ada.get(`${app.url}/me`)].map(({ headers }) =>
    headers.get('x-session-key'),
  );
  // The key is made of a hash; those of the stock stores hold the sid itself, which no script of a page may see.
  const expected = isTold ? expect.stringMatching(/^hf:[a-z]+:session:\{[0-9a-f]{2}\}:[A-Za-z0-9_-]{43}$/) : null;
  expect(keys).toEqual([expected, expected]);
  expect(keys[1]).toBe(keys[0]);
  await app.close();
});

test('the memory store counts the sessions it holds', async () => {
  const app = await start('memory');
  await new Browser().post(`${app.url}/login/ada`);
  await new Browser().post(`${app.url}/login/grace`);
  expect(app.sessions.metrics().heldSessions).toBe(2);
  await app.close();
});

test('a stock session past its absolute lifetime is missing, not written', async () => {
  const app = await startApp(redis.url, { store: 'memory', explain: true, idleSeconds: 1, absoluteSeconds: 1 });
  const ada = new Browser();
  await ada.post(`${app.url}/login/ada`);
  let last: string | null = null;
  await waitFor(async () => {
    last = told(await ada.get(`${app.url}/me`));
    return last !== 'memory;read';
  });
  expect(last).toBe('memory;missing');
  await app.close();
});

test.each(['memory', 'cached'] as const)('without the option, answers of the store %s say nothing', async (store) => {
  const app = await start(store);
  expect(told(await new Browser().post(`${app.url}/login/ada`))).toBeNull();
  await app.close();
});
