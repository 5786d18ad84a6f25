import { startRedis, startRedisCluster, type TestRedis, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSessions, RedisSessionStore } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';
import { CLIENTS } from './servers/clients.js';

const USERS = Array.from({ length: 12 }, (_, n) => `user-${n}`);

let single: TestRedis;
let cluster: TestRedisCluster;

beforeAll(async () => {
  [single, cluster] = await Promise.all([startRedis(), startRedisCluster()]);
});

afterAll(() => Promise.all([single.stop(), cluster.stop()]));

const topologies: Record<string, () => string[]> = {
  'one Redis': () => [single.url],
  'a Cluster': () => cluster.nodes.map(({ host, port }) => `redis://${host}:${port}`),
};

const cases = Object.keys(CLIENTS).flatMap((client) =>
  Object.keys(topologies).flatMap((topology) => ['redis', 'cached'].map((store) => [client, topology, store] as const)),
);

describe.each(cases)('S0b, S2: an application with %s on %s, store %s', (client, topology, store) => {
  const prefix = `${client}-${topology}-${store}:`.replaceAll(' ', '');
  let apps: TestApp[];

  const open = async () =>
    await (CLIENTS[client]?.((topologies[topology] ?? (() => []))()) as ReturnType<typeof startClient>);
  const startClient = (CLIENTS[client] ?? CLIENTS['ioredis 6']) as (typeof CLIENTS)[string];

  beforeEach(async () => {
    apps = [];
    for (let n = 0; n < 2; n++) apps.push(await startApp(await open(), { store: store as 'redis', prefix }));
  });

  afterEach(() => Promise.all(apps.map((app) => app.close())));

  test('what one instance writes the other reads, what one ends is over on the other', async () => {
    const [one = '', two = ''] = apps.map(({ url }) => url);
    for (const user of USERS) {
      const [browser, device] = [new Browser(), new Browser()];
      for (const each of [browser, device]) await each.post(`${one}/login/${user}`);
      await browser.post(`${one}/set/cart/apples`);
      const cart = async (url: string) =>
        ((await (await browser.get(`${url}/attributes`)).json()) as { cart?: string }).cart;
      expect(await cart(two)).toBe('apples');
      await browser.post(`${one}/set/cart/pears`);
      await waitFor(async () => (await cart(two)) === 'pears', { timeoutMs: 250 });
      expect(await apps[1]?.sessions.devices.list(user)).toHaveLength(2);
      expect(await apps[0]?.sessions.devices.endAll(user, 'revoked')).toBe(2);
      for (const each of [browser, device]) {
        await waitFor(async () => (await each.get(`${two}/me`)).status === 401, { timeoutMs: 250 });
      }
    }
  });

  test('the near cache answers without a command, and `onEnded` is called in both', async () => {
    const [one, two] = apps;
    const heard: string[] = [];
    two?.sessions.onEnded(({ userId, local }) => heard.push(`${userId} ${local}`));
    const ada = new Browser();
    await ada.post(`${one?.url}/login/ada`);
    if (store === 'cached') {
      await waitFor(async () => {
        await ada.get(`${two?.url}/me`);
        return (two?.sessions.metrics().hits ?? 0) > 0;
      });
    }
    // The subscription of a client that has just connected may still be under way.
    await waitFor(async () => {
      const eve = new Browser();
      await eve.post(`${one?.url}/login/eve`);
      await one?.sessions.devices.endAll('eve', 'revoked');
      return heard.includes('eve false');
    });
    await two?.sessions.health();
  });
});

describe.each(
  Object.keys(CLIENTS).flatMap((client) => Object.keys(topologies).map((topology) => [client, topology] as const)),
)('S0b, S2: RedisSessionStore with %s on %s', (client, topology) => {
  test('counts, lists and clears every session', async () => {
    const redis = await (CLIENTS[client] ?? (() => Promise.reject(new Error(client))))(
      (topologies[topology] ?? (() => []))(),
    );
    const store = new RedisSessionStore({
      client: redis,
      prefix: `${client}-${topology}:`.replaceAll(' ', ''),
      scanCount: 7,
    });
    const cookie = { originalMaxAge: null } as never;
    for (let n = 0; n < 60; n++) await store.set(`sid-${n}`, { cookie, n } as never);
    expect(await store.get('sid-7')).toMatchObject({ n: 7 });
    expect(await store.length()).toBe(60);
    expect(await store.all()).toHaveLength(60);
    await store.destroy('sid-7');
    expect(await store.get('sid-7')).toBeNull();
    await store.clear();
    expect(await store.length()).toBe(0);
    await redis.disconnect();
  });
});

describe('S2: what is no client that works', () => {
  const secrets = ['a long secret of the tests: 81c2f0'];
  class RedisClient3 {
    send_command() {
      return true;
    }
    internal_send_command() {
      return true;
    }
  }

  test.each<[unknown, RegExp]>([
    [undefined, /is missing/],
    [null, /is missing/],
    ['redis://127.0.0.1:6379', /is a string, not a client/],
    [Promise.resolve({}), /is a Promise; await it first/],
    [RedisClient3, /is a function or a class/],
    [new RedisClient3(), /node-redis 3 or older/],
    [{ isReady: true, isOpen: true, sendCommand: () => true, options: { legacyMode: true } }, /legacyMode/],
    [{ get: () => 'x' }, /is no Redis client that is known/],
  ])('%p is refused by name', (client, problem) => {
    const given = client as never;
    expect(() => new RedisSessionStore({ client: given })).toThrow(problem);
    if (client !== undefined && client !== null) {
      expect(() => createSessions({ store: 'redis', secrets, redis: given })).toThrow(problem);
    }
  });

  test('a node-redis client that nobody connected answers at once with the reason', async () => {
    const { createClient } = await import('redis-5');
    const store = new RedisSessionStore({ client: createClient({ url: single.url }) });
    await expect(store.get('1')).rejects.toMatchObject({
      code: 'session_unavailable',
      cause: expect.objectContaining({ message: expect.stringContaining('call its connect() first') }),
    });
  });
});

describe.each(['ioredis 5', 'node-redis 4', 'node-redis 5'])('S2: %s while Redis is away', (client) => {
  test('requests fail within the bound, and the near cache is coherent again afterwards', async () => {
    const redis = await startRedis();
    const open = CLIENTS[client] ?? (() => Promise.reject(new Error(client)));
    const apps: TestApp[] = [];
    for (let n = 0; n < 2; n++) apps.push(await startApp(await open([redis.url]), { store: 'cached' }));
    const [one = '', two = ''] = apps.map(({ url }) => url);
    const ada = new Browser();
    await ada.post(`${one}/login/ada`);
    const cart = async () => ((await (await ada.get(`${two}/attributes`)).json()) as { cart?: string }).cart;
    await ada.post(`${one}/set/cart/apples`);
    expect(await cart()).toBe('apples');

    await redis.kill();
    const begun = performance.now();
    expect((await ada.post(`${one}/set/cart/plums`)).status).toBe(503);
    expect(performance.now() - begun).toBeLessThan(2_000);
    await redis.restart();
    await waitFor(async () => (await ada.post(`${one}/set/cart/pears`)).status === 200, { timeoutMs: 10_000 });
    await waitFor(async () => (await cart()) === 'pears');

    await Promise.all(apps.map((app) => app.close()));
    await redis.stop();
  });
});
