import { startRedisCluster, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cluster, type Redis } from 'ioredis';
import { connectRedis, HealthRegistry, isRedisUnavailable, RedisModule } from '../src/index.js';

/** Keys of the first master's slots, and of the two others'. */
const [hit, spared] = ['b', ['p10', 'a']] as const;

describe('a connection to a Redis Cluster that fails fast', () => {
  let cluster: TestRedisCluster;
  let redis: Redis;

  beforeAll(async () => {
    cluster = await startRedisCluster();
    redis = connectRedis({ url: cluster.url, commandTimeoutMs: 300 });
    await waitFor(() => redis.status === 'ready', { timeoutMs: 20_000 });
    for (const key of [hit, ...spared]) await waitFor(() => answers(key));
  }, 60_000);

  afterAll(async () => {
    redis.disconnect();
    await cluster.stop();
  });

  const first = () => {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('no node');
    return node;
  };
  const answers = (key: string) =>
    redis.set(key, '1').then(
      () => true,
      () => false,
    );
  const outage = async (key: string = hit) => {
    const startedAt = performance.now();
    const error = await redis.get(key).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    return { error, milliseconds: performance.now() - startedAt };
  };
  /** The time of a refusal itself: a busy machine can only add to it, so the fastest of several counts. */
  const fastest = async () => {
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) times.push((await outage()).milliseconds);
    return Math.min(...times);
  };
  const back = (key: string = hit) => waitFor(() => answers(key), { timeoutMs: 20_000 });

  test('is a Cluster, and takes commands, transactions and scripts', async () => {
    expect(redis).toBeInstanceOf(Cluster);
    expect(await redis.multi().set('{b}1', 'x').get('{b}1').exec()).toEqual([
      [null, 'OK'],
      [null, 'x'],
    ]);
    expect(await redis.eval("return redis.call('GET', KEYS[1])", 1, '{b}1')).toBe('x');
  });

  test('sends commands that come at once, before a master was ever asked', async () => {
    const fresh = connectRedis({ url: cluster.url, commandTimeoutMs: 5_000 });
    await waitFor(() => fresh.status === 'ready', { timeoutMs: 20_000 });
    const keys = Array.from({ length: 60 }, (_, n) => `at-once-${n}`);
    expect(await Promise.all(keys.map((key) => fresh.set(key, '1')))).toEqual(keys.map(() => 'OK'));
    fresh.disconnect();
  });

  test('waits once for a frozen master, then not at all, and serves the others meanwhile', async () => {
    first().pause();
    try {
      const waited = await outage();
      expect(isRedisUnavailable(waited.error)).toBe(true);
      // 300 ms on a quiet machine.
      expect(waited.milliseconds).toBeLessThan(1500);
      expect(isRedisUnavailable((await outage()).error)).toBe(true);
      expect(await fastest()).toBeLessThan(50);
      for (const key of spared) await waitFor(() => answers(key));
      await expect(redis.multi().set(hit, '1').exec()).rejects.toThrow();
    } finally {
      first().resume();
    }
    await back();
  });

  test('is back after an outage so long that it gave the connection up', async () => {
    const [lost] = await Promise.all([
      new Promise<void>((resolve) => (redis as unknown as Cluster).once('-node', () => resolve())),
      first().pause(),
      outage(),
    ]);
    expect(lost).toBeUndefined();
    expect(await fastest()).toBeLessThan(50);
    first().resume();
    await back();
  }, 60_000);

  test('fails at once while a master is gone, and is back when it is restarted', async () => {
    const told: string[] = [];
    for (const event of ['master-down', 'master-up']) redis.on(event, (name: string) => told.push(`${event} ${name}`));
    await first().kill();
    await waitFor(async () => (await outage()).error !== undefined);
    const gone = await outage();
    expect(isRedisUnavailable(gone.error)).toBe(true);
    expect(await fastest()).toBeLessThan(50);
    await first().restart();
    await back();
    const name = `127.0.0.1:${first().port}`;
    expect([told.at(0), told.at(-1)]).toEqual([`master-down ${name}`, `master-up ${name}`]);
  }, 60_000);

  test('is back when the whole cluster was gone', async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await waitFor(() => redis.status !== 'ready', { timeoutMs: 20_000 });
    expect(isRedisUnavailable((await outage()).error)).toBe(true);
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    for (const key of [hit, ...spared]) await back(key);
  }, 60_000);

  test('is ready while any master answers, and not when none does', async () => {
    const health = new HealthRegistry();
    await new RedisModule(redis, health).onModuleInit();
    const ready = async () => (await health.readiness()).ready;
    await waitFor(ready, { timeoutMs: 20_000 });
    first().pause();
    await waitFor(ready);
    for (const node of cluster.nodes) node.pause();
    expect(await ready()).toBe(false);
    for (const node of cluster.nodes) node.resume();
    await waitFor(ready, { timeoutMs: 20_000 });
  }, 60_000);

  // The last one: the first master does not come back.
  test('goes on with the replica that takes over from a master', async () => {
    await back();
    await cluster.replicateFirst();
    await first().kill();
    await waitFor(async () => (await outage()).error !== undefined);
    await waitFor(() => answers(hit), { timeoutMs: 40_000 });
  }, 120_000);
});

test('reports the form of an address when the given text has another', () => {
  expect(() => connectRedis({ url: 'redis+cluster://nowhere' })).toThrow(/^url: must be redis:\/\/host:port/);
});
