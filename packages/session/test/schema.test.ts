import { startRedis, type TestRedis } from '@holdfast/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SessionData } from 'express-session';
import { Redis } from 'ioredis';
import { RedisSessionStore, SessionConfigError, type SessionSchema } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

/** Version 2 has `fullName` where version 1 had `name`. */
const upgrade: SessionSchema['upgrade'] = ({ name, ...others }) => ({ ...others, fullName: name });
const downgrade: SessionSchema['upgrade'] = ({ fullName, ...others }) => ({ ...others, name: fullName });
const ROLLING: SessionSchema = { version: 2, upgrade, downgrade };
const AFTERWARDS: SessionSchema = { version: 2, upgrade };

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(() => redis.flushall());

describe('releases of two schema versions on RedisSessionStore', () => {
  type Session = SessionData & Record<string, unknown>;
  const cookie = { originalMaxAge: null } as unknown as SessionData['cookie'];
  const change = async (store: RedisSessionStore, changes: object) =>
    store.set('1', Object.assign((await store.get('1')) as Session, changes));
  const stored = async () => {
    const hash = await redis.hgetall((await redis.keys('*'))[0] ?? '');
    return Object.fromEntries(Object.entries(hash).filter(([field]) => /^=(name|fullName|n|m)$|^@v$/.test(field)));
  };

  test('S5: with downgrade both releases write one session in turns, and it is never a mixture', async () => {
    const old = new RedisSessionStore({ client: redis });
    const next = new RedisSessionStore({ client: redis, schema: ROLLING });
    await old.set('1', { cookie, name: 'ada' } as never);
    await change(next, { n: 1 });
    expect(await old.get('1')).toEqual({ cookie, name: 'ada', n: 1 });
    await change(old, { name: 'grace' });
    expect(await next.get('1')).toEqual({ cookie, fullName: 'grace', n: 1 });
    await change(next, { fullName: 'joan' });
    await next.update('1', (attributes) => {
      attributes.m = attributes.fullName;
    });
    await change(old, { n: 2 });
    expect(await stored()).toEqual({ '@v': '1', '=name': '"joan"', '=n': '2', '=m': '"joan"' });
    expect(await next.get('1')).toEqual({ cookie, fullName: 'joan', n: 2, m: 'joan' });
  });

  test('S5: with downgrade a session that the new release makes is one the old release can serve', async () => {
    const old = new RedisSessionStore({ client: redis });
    const next = new RedisSessionStore({ client: redis, schema: ROLLING });
    const made = { cookie, fullName: 'ada' } as unknown as Session;
    await next.set('1', made);
    made.n = 1;
    // The same object again, as in a request that saves twice.
    await next.set('1', made);
    await next.set('1', Object.assign(made, { fullName: 'grace' }));
    expect(await stored()).toEqual({ '@v': '1', '=name': '"grace"', '=n': '1' });
    expect(await old.get('1')).toEqual({ cookie, name: 'grace', n: 1 });
  });

  test('S5: with downgrade parallel requests of both releases keep what each changed', async () => {
    const old = new RedisSessionStore({ client: redis });
    const next = new RedisSessionStore({ client: redis, schema: ROLLING });
    await old.set('1', { cookie, name: 'ada', n: 0, m: 0 } as never);
    const [one, two] = [(await old.get('1')) as Session, (await next.get('1')) as Session];
    await old.set('1', Object.assign(one, { n: 1 }));
    await next.set('1', Object.assign(two, { m: 2 }));
    expect(await old.get('1')).toEqual({ cookie, name: 'ada', n: 1, m: 2 });
  });

  test('S5: the release after that, without downgrade, stores the new form, which the release with it keeps', async () => {
    const next = new RedisSessionStore({ client: redis, schema: ROLLING });
    const after = new RedisSessionStore({ client: redis, schema: AFTERWARDS });
    await next.set('1', { cookie, fullName: 'ada' } as never);
    await change(after, { n: 1 });
    expect(await stored()).toEqual({ '@v': '2', '=fullName': '"ada"', '=n': '1' });
    await change(next, { n: 2 });
    expect(await stored()).toEqual({ '@v': '2', '=fullName': '"ada"', '=n': '2' });
  });

  test('S5: a touch between reading and writing does not leave a mixture', async () => {
    const old = new RedisSessionStore({ client: redis });
    const after = new RedisSessionStore({ client: redis, schema: AFTERWARDS });
    await old.set('1', { cookie, name: 'ada', m: 1 } as never);
    await redis.hset((await redis.keys('*'))[0] ?? '', '@t', 0);
    const session = (await after.get('1')) as Session;
    await after.touch('1', session);
    await after.set('1', Object.assign(session, { n: 1 }));
    expect(await stored()).toEqual({ '@v': '2', '=fullName': '"ada"', '=n': '1', '=m': '1' });
  });

  test('S5: a schema that cannot work is refused by name', () => {
    const open = (schema: object) => () => new RedisSessionStore({ client: redis, schema: schema as SessionSchema });
    expect(open({ version: 1, upgrade, downgrade })).toThrow(/schema.downgrade: needs a version of 2 or more/);
    expect(open({ version: 0, upgrade })).toThrow(/schema.version: must be a whole number greater than 0/);
    expect(open({ version: 2 })).toThrow(SessionConfigError);
  });
});

describe.each(['redis', 'cached'] as const)('releases of two schema versions of createSessions, store %s', (store) => {
  let old: TestApp;
  let next: TestApp;

  beforeAll(async () => {
    old = await startApp(server.url, { store });
    next = await startApp(server.url, { store, schema: ROLLING });
  });

  afterAll(async () => {
    await old.close();
    await next.close();
  });

  test('S5: both serve a login, an anonymous session and an update in turns', async () => {
    const seen = async (browser: Browser, { url }: TestApp) => (await browser.get(`${url}/attributes`)).json();
    const user = { id: 'ada', name: 'ada' };
    for (const [first, second] of [
      [old, next],
      [next, old],
    ] as const) {
      const ada = new Browser();
      await ada.post(`${first.url}/set/${first === old ? 'name' : 'fullName'}/Ada`);
      await ada.post(`${second.url}/login/ada`);
      expect(await seen(ada, old)).toEqual({ user, name: 'Ada' });
      expect(await seen(ada, next)).toEqual({ user, fullName: 'Ada' });
      await ada.post(`${next.url}/set/fullName/Grace`);
      await ada.post(`${next.url}/increment/n`);
      await ada.post(`${old.url}/increment/n`);
      expect(await seen(ada, old)).toEqual({ user, name: 'Grace', n: 2 });
      await ada.post(`${old.url}/set/name/Joan`);
      expect(await seen(ada, next)).toEqual({ user, fullName: 'Joan', n: 2 });
    }
  });
});
