import { readFileSync } from 'node:fs';
import { startRedis, type TestRedis } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createClient } from 'redis-5';
import { SessionForbiddenError } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

/** The rules of the page, word for word. */
const documented = (
  /ACL SETUSER sessions on >PASSWORD ([^`]+)```/.exec(
    readFileSync(new URL('../../../docs/session.md', import.meta.url), 'utf8'),
  )?.[1] ?? ''
)
  .replaceAll('\\\n', ' ')
  .trim()
  .split(/\s+/);

const spyOnWarnings = () => jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);

let redis: TestRedis;
let admin: Redis;
let warned: ReturnType<typeof spyOnWarnings>;
let app: TestApp | undefined;

beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.url);
});

afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

beforeEach(() => {
  warned = spyOnWarnings();
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  warned.mockRestore();
});

/** The address with a user of the documented rules, and those given. */
async function urlOfUser(...changes: readonly string[]): Promise<string> {
  await admin.call('ACL', 'SETUSER', 'sessions', 'reset', 'on', '>pw', ...documented, ...changes);
  await admin.call('ACL', 'LOG', 'RESET');
  await admin.flushall();
  return redis.url.replace('redis://', 'redis://sessions:pw@');
}

const warnings = () =>
  warned.mock.calls.map(([message]) => String(message)).filter((text) => text.includes('may not use'));

describe.each(['redis', 'cached'] as const)('store %s', (store) => {
  test('S13: a user with exactly the documented rules can do everything', async () => {
    app = await startApp(await urlOfUser(), { store });
    const ada = new Browser();
    await app.sessions.health();
    expect((await ada.post(`${app.url}/login/ada`)).status).toBe(200);
    expect((await ada.post(`${app.url}/set/x/1`)).status).toBeLessThan(300);
    expect((await ada.get(`${app.url}/me`)).status).toBe(200);
    expect(await app.sessions.devices.list('ada')).toHaveLength(1);
    expect(await app.sessions.devices.endAll('ada', 'revoked')).toBe(1);
    expect((await ada.get(`${app.url}/me`)).status).toBe(401);
    expect(warnings()).toEqual([]);
    const denied = (await admin.call('ACL', 'LOG')) as unknown[];
    expect(denied).toEqual([]);
  });

  test.each(['evalsha', 'eval', 'time', 'publish', 'subscribe', 'scan', 'hset', 'zadd', 'hgetall', 'pexpireat'])(
    'S13: without %s, health rejects with its name, and one warning has it',
    async (command) => {
      app = await startApp(await urlOfUser(`-${command}`), { store });
      await expect(app.sessions.health()).rejects.toMatchObject({
        code: 'session_store_forbidden',
        retryable: false,
        missing: command.startsWith('eval') ? [command.toUpperCase()] : expect.arrayContaining([command.toUpperCase()]),
      });
      await app.sessions.health().catch(() => undefined);
      expect(warnings().filter((text) => text.includes(command.toUpperCase()))).toHaveLength(1);
      expect(warnings()[0]).toContain('docs/session.md');
    },
  );

  test.each(['evalsha', 'time', 'hset', 'zadd', 'pexpireat'])(
    'S13: without %s, a login is not told to try again, nor what is missing',
    async (command) => {
      app = await startApp(await urlOfUser(`-${command}`), { store });
      const answer = await new Browser().post(`${app.url}/login/ada`);
      expect(answer.status).toBe(500);
      const text = await answer.text();
      expect(text).toContain('session_store_forbidden');
      expect(text).not.toMatch(/script|user_script|NOPERM|can't/);
    },
  );
});

test.each(['pexpireat', 'pexpire'])('S1: a user without %s leaves no key without expiry', async (command) => {
  const address = await urlOfUser();
  app = await startApp(address);
  const ada = new Browser();
  await ada.post(`${app.url}/login/ada`);
  await admin.call('ACL', 'SETUSER', 'sessions', `-${command}`);
  await new Browser().post(`${app.url}/login/bob`);
  await new Browser().post(`${app.url}/set/x/1`);
  await ada.post(`${app.url}/rotate`);
  await ada.post(`${app.url}/logout`);
  const sessions = (await admin.keys('hf:session:{*')) as string[];
  expect(await Promise.all(sessions.map((key) => admin.pttl(key)))).not.toContain(-1);
});

test('S13: the near cache needs CLIENT TRACKING', async () => {
  app = await startApp(await urlOfUser('-client|tracking'), { store: 'cached' });
  await expect(app.sessions.health()).rejects.toMatchObject({ missing: ['CLIENT TRACKING'] });
});

test('S13: keys of another prefix are named as such', async () => {
  app = await startApp(await urlOfUser('resetkeys', '~other:*'));
  await expect(app.sessions.health()).rejects.toBeInstanceOf(SessionForbiddenError);
});

test('S13: node-redis reports the same', async () => {
  const client = createClient({ url: await urlOfUser('-evalsha') });
  client.on('error', () => undefined);
  await client.connect();
  app = await startApp(client as never);
  await expect(app.sessions.health()).rejects.toMatchObject({ missing: ['EVALSHA'] });
});
