import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis, isRedisUnavailable } from '../src/index.js';

describe('a connection that fails fast', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ url: server.url, commandTimeoutMs: 300 });
    await waitFor(() => redis.status === 'ready');
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** The time of a refusal itself: a busy machine can only add to it, so the fastest of several counts. */
  const fastest = async () => {
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) times.push((await outage()).milliseconds);
    return Math.min(...times);
  };
  const outage = async () => {
    const startedAt = performance.now();
    const error = await redis.get('a').then(
      () => undefined,
      (failure: unknown) => failure,
    );
    return { error, milliseconds: performance.now() - startedAt };
  };
  const answers = () =>
    redis.set('a', '1').then(
      () => true,
      () => false,
    );

  test('waits once for a frozen Redis, then not at all, and is back when it is', async () => {
    server.pause();
    const first = await outage();
    expect(isRedisUnavailable(first.error)).toBe(true);
    // 300 ms on a quiet machine; a client with default settings waits for seconds.
    expect(first.milliseconds).toBeLessThan(1500);
    const second = await outage();
    expect(isRedisUnavailable(second.error)).toBe(true);
    expect(await fastest()).toBeLessThan(50);
    server.resume();
    await waitFor(answers, { timeoutMs: 3000 });
  });

  test('is back after a script that ran too long, though Redis answers with an error meanwhile', async () => {
    const busy = new Redis(server.url);
    const other = busy.duplicate();
    try {
      await busy.config('SET', 'busy-reply-threshold', 1000);
      await other.ping();
      const killed = expect(busy.eval('while true do end', 0)).rejects.toThrow();
      await waitFor(async () => (await outage()).error !== undefined);
      await waitFor(async () => String((await outage()).error).includes('BUSY'), { timeoutMs: 20_000 });
      await other.script('KILL');
      await killed;
      await waitFor(answers, { timeoutMs: 20_000 });
    } finally {
      busy.disconnect();
      other.disconnect();
    }
  }, 60_000);

  test('is back after an outage so long that it gave the connection up', async () => {
    server.pause();
    await outage();
    await waitFor(() => redis.status !== 'ready', { timeoutMs: 4500 });
    expect(await fastest()).toBeLessThan(50);
    server.resume();
    await waitFor(answers, { timeoutMs: 3000 });
  }, 20_000);

  test('fails at once while Redis is gone, and is back when it is restarted', async () => {
    server.kill();
    await waitFor(() => redis.status !== 'ready');
    const gone = await outage();
    expect(isRedisUnavailable(gone.error)).toBe(true);
    expect(await fastest()).toBeLessThan(50);
    await server.restart();
    await waitFor(answers, { timeoutMs: 3000 });
  });

  test('fails the commands of a pipeline as it fails single ones', async () => {
    server.pause();
    await outage();
    await expect(redis.multi().set('b', '1').get('b').exec()).rejects.toThrow();
    server.resume();
    await waitFor(answers, { timeoutMs: 3000 });
  });
});
