import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../src/start-redis.js';
import { waitFor } from '../src/wait-for.js';

describe('startRedis', () => {
  let redis: TestRedis;
  let client: Redis;

  beforeAll(async () => {
    redis = await startRedis();
    client = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on('error', () => {});
  });

  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });

  test('answers nothing while paused, and answers all waiting commands after it', async () => {
    await client.set('paused', 'no');
    redis.pause();
    let answer: string | null | undefined;
    const asked = client.get('paused').then((value) => {
      answer = value;
    });
    // A new client gets no answer to its first command either.
    const impatient = new Redis(redis.url, { commandTimeout: 100, maxRetriesPerRequest: 0 });
    impatient.on('error', () => {});
    await expect(impatient.get('paused')).rejects.toThrow(/timed out/);
    impatient.disconnect();
    expect(answer).toBeUndefined();
    redis.resume();
    await asked;
    expect(answer).toBe('no');
  });

  test('keeps its data and its port over a restart', async () => {
    const { port } = redis;
    await client.set('kept', 'yes');
    await redis.restart();
    expect(await client.get('kept')).toBe('yes');
    expect(redis.port).toBe(port);
  });

  test('comes back after a kill', async () => {
    await redis.kill();
    await waitFor(() => client.status !== 'ready');
    await redis.restart();
    expect(await client.ping()).toBe('PONG');
  });

  test('gives every caller a server of its own', async () => {
    const other = await startRedis({ args: ['--maxmemory', '3mb'] });
    const otherClient = new Redis(other.url);
    expect(other.port).not.toBe(redis.port);
    expect(await otherClient.config('GET', 'maxmemory')).toEqual(['maxmemory', String(3 * 1024 * 1024)]);
    expect(await otherClient.get('kept')).toBeNull();
    otherClient.disconnect();
    await other.stop();
  });
});
