import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

const isBack = () => waitFor(async () => (await login()).status === 200, { timeoutMs: 2000 });

describe('while Redis is frozen', () => {
  it('says 503 once late, then at once, answers strangers, and is back when Redis is', async () => {
    redis.pause();
    try {
      const first = await timed(login);
      await expectUnavailable(first.response);
      expect(first.milliseconds).toBeLessThan(700);
      const second = await timed(login);
      await expectUnavailable(second.response);
      expect(second.milliseconds).toBeLessThan(100);
      const stranger = await timed(() => fetch(`${auth.url}/auth/me`));
      expect(stranger.response.status).toBe(401);
      expect(stranger.milliseconds).toBeLessThan(100);
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
  it('says 503 at once, and knows its users again when Redis is back', async () => {
    redis.kill();
    await waitFor(async () => (await login()).status === 503);
    const { response, milliseconds } = await timed(login);
    await expectUnavailable(response);
    expect(milliseconds).toBeLessThan(100);
    await expectUnavailable(
      await new Person().send('POST', `${auth.url}/auth/register`, { username: newName(), password }),
    );
    await redis.restart();
    await isBack();
    expect((await person.send('GET', `${auth.url}/auth/me`)).status).toBe(200);
  }, 20_000);
});

describe('while Redis refuses writes', () => {
  it('never says that someone is logged in who is not', async () => {
    const admin = new Redis(redis.url);
    await admin.config('SET', 'min-replicas-to-write', '1');
    try {
      await expectUnavailable(await login());
      expect((await person.send('GET', `${auth.url}/auth/me`)).status).toBe(200);
    } finally {
      await admin.config('SET', 'min-replicas-to-write', '0');
      admin.disconnect();
    }
    await isBack();
  }, 20_000);
});
