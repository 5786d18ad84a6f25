import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { newName, Person, password, startAuth } from './support.js';

let redis: Awaited<ReturnType<typeof startRedis>>;
let auth: RunningService;
const name = newName();
const person = new Person();

beforeAll(async () => {
  redis = await startRedis();
  auth = await startAuth(redis.url);
  await person.send('POST', `${auth.url}/auth/register`, { username: name, password });
}, 30_000);

afterAll(async () => {
  await auth.close();
  await redis.stop();
});

const login = () => new Person().send('POST', `${auth.url}/auth/login`, { username: name, password });
const timed = async (send: () => Promise<Response>) => {
  const startedAt = performance.now();
  const response = await send();
  return { response, milliseconds: performance.now() - startedAt };
};

async function expectUnavailable(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(response.headers.getSetCookie()).toEqual([]);
  const text = await response.text();
  expect(text).toMatch(/"code":"(storage|session)_unavailable"/);
  expect(text).not.toMatch(/127\.0\.0\.1|ECONN|ioredis|stack/i);
}

/** The time of an answer itself: a busy machine can only add to it, so the fastest of several counts. */
async function fastest(send: () => Promise<Response>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) times.push((await timed(send)).milliseconds);
  return Math.min(...times);
}

const isBack = () => waitFor(async () => (await login()).status === 200);

describe('while Redis is frozen', () => {
  test('says 503 once late, then at once, answers strangers, and is back when Redis is', async () => {
    redis.pause();
    try {
      const first = await timed(login);
      await expectUnavailable(first.response);
      // Half a second is the bound on a quiet machine; a client with default settings waits for over six.
      expect(first.milliseconds).toBeLessThan(2000);
      await expectUnavailable(await login());
      expect(await fastest(login)).toBeLessThan(100);
      const stranger = () => fetch(`${auth.url}/auth/me`);
      expect((await stranger()).status).toBe(401);
      expect(await fastest(stranger)).toBeLessThan(100);
      expect((await fetch(`${auth.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${auth.url}/healthz`)).status).toBe(200);
    } finally {
      redis.resume();
    }
    await isBack();
    expect((await person.send('GET', `${auth.url}/auth/me`)).status).toBe(200);
  }, 20_000);
});

describe('while Redis is gone', () => {
  test('says 503 at once, and knows its users again when Redis is back', async () => {
    redis.kill();
    await waitFor(async () => (await login()).status === 503);
    await expectUnavailable(await login());
    expect(await fastest(login)).toBeLessThan(100);
    await expectUnavailable(
      await new Person().send('POST', `${auth.url}/auth/register`, { username: newName(), password }),
    );
    await redis.restart();
    await isBack();
    expect((await person.send('GET', `${auth.url}/auth/me`)).status).toBe(200);
  }, 20_000);
});

describe('while Redis refuses writes', () => {
  test.each([
    ['too few replicas', 'min-replicas-to-write', '1'],
    ['no memory left', 'maxmemory', '1'],
  ])(
    'never reports a login that does not exist: %s',
    async (_, setting, value) => {
      const admin = new Redis(redis.url);
      await admin.config('SET', setting, value);
      try {
        await expectUnavailable(await login());
        expect((await person.send('GET', `${auth.url}/auth/me`)).status).toBe(200);
      } finally {
        await admin.config('SET', setting, '0');
        admin.disconnect();
      }
      await isBack();
    },
    20_000,
  );
});
