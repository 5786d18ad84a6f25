import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedisCluster, type TestRedisCluster } from '../src/start-redis-cluster.js';
import { waitFor } from '../src/wait-for.js';

describe('startRedisCluster', () => {
  let cluster: TestRedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);

  afterAll(() => cluster.stop());

  test('gives three masters, each with its share of the keys', async () => {
    const client = await cluster.connect();
    for (let n = 0; n < 60; n++) await client.set(`key-${n}`, n);
    expect(client.nodes('master').map(({ options }) => options.port)).toEqual(
      expect.arrayContaining(cluster.nodes.map(({ port }) => port)),
    );
    const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);
    client.disconnect();
  });

  test('names every node in its address', () => {
    const [one, two, three] = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
    expect(cluster.url).toBe(`redis+cluster://${one},${two},${three}`);
  });

  test('moves a slot with its keys to another master', async () => {
    const client = await cluster.connect();
    await client.mset('{moved}1', 'x', '{moved}2', 'y');
    const owner = async () =>
      (
        await Promise.all(
          client
            .nodes('master')
            .map(async (node) => ((await node.keys('{moved}*')).length === 2 ? node.options.port : undefined)),
        )
      ).find(Boolean);
    const before = await owner();
    await cluster.moveSlot('{moved}1');
    expect(await client.mget('{moved}1', '{moved}2')).toEqual(['x', 'y']);
    expect(await owner()).not.toBe(before);
    expect(await owner()).toBeDefined();
    client.disconnect();
  });

  test('restarts a killed master with its slots and its data, and the others serve meanwhile', async () => {
    const [gone, other] = cluster.nodes;
    if (gone === undefined || other === undefined) throw new Error('three nodes');
    const client = await cluster.connect();
    // `a` is in the last third of the slots, `b` in the first.
    await client.set('b', 'kept');
    await client.set('a', 'there');
    await gone.kill();
    const spare = new Redis(cluster.nodes[2]?.port ?? 0);
    expect(await spare.get('a')).toBe('there');
    spare.disconnect();
    await gone.restart();
    const kept = () => client.get('b').catch(() => null);
    await waitFor(async () => (await kept()) === 'kept', { timeoutMs: 20_000 });
    client.disconnect();
  }, 60_000);
});
