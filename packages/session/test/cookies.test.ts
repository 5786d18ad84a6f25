import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { signSid } from '../src/cookie/signed-cookie.js';
import type { SessionOptions } from '../src/index.js';
import { startApp, type TestApp } from './servers/app.js';
import { Browser } from './servers/browser.js';

const OLD = 'the-old-secret-of-last-week';
const NEW = 'the-new-secret-of-this-week';

let redis: TestRedis;
let apps: TestApp[] = [];

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(() => redis.stop());

afterEach(async () => {
  for (const app of apps) await app.close();
  apps = [];
});

async function start(options: Partial<SessionOptions>): Promise<TestApp> {
  const app = await startApp(redis.url, { secrets: [OLD], ...options });
  apps.push(app);
  return app;
}

const me = (app: TestApp, cookie: string | undefined) => fetch(`${app.url}/me`, { headers: { cookie: cookie ?? '' } });
const cookieLines = (response: Response) => response.headers.getSetCookie();

async function login(app: TestApp, user = 'ada', name = 'hf_sid'): Promise<Browser> {
  const browser = new Browser(name);
  await browser.post(`${app.url}/login/${user}`);
  return browser;
}

describe.each(['redis', 'cached'] as const)('cookies in the store %s', (store) => {
  test('S8: a bad cookie of the same name does not hide a good one, wherever it stands', async () => {
    const app = await start({ store });
    const ada = await login(app);
    const gone = await login(app, 'bob');
    await gone.copy().post(`${app.url}/logout`);
    const unsigned = 'hf_sid=abc';
    const forged = `hf_sid=${encodeURIComponent(signSid('abc', 'a-secret-that-is-not-ours'))}`;
    for (const bad of [unsigned, forged, gone.cookie, 'hf_sid=', 'hf_sid']) {
      for (const header of [`${bad}; ${ada.cookie}`, `${ada.cookie}; ${bad}`]) {
        const response = await me(app, header);
        expect([response.status, cookieLines(response)]).toEqual([200, []]);
        const upgrade = await app.sessions.authenticateUpgrade({ headers: { cookie: header } } as never);
        expect(upgrade?.user.id).toBe('ada');
      }
    }
  });

  test('U15: an answer to the cookie of a session that is over removes it, other answers do not', async () => {
    const app = await start({ store });
    const ada = await login(app);
    const late = ada.copy();
    await ada.post(`${app.url}/logout`);
    const answer = await me(app, late.cookie);
    expect([answer.status, cookieLines(answer)]).toEqual([401, [expect.stringMatching(/^hf_sid=; .*1970/)]]);

    const bob = await login(app, 'bob');
    expect(cookieLines(await me(app, bob.cookie))).toEqual([]);
    await app.redis.flushall();
    // A near cache hears of it over a connection of its own, a little later.
    const unknown = await waitFor(async () => {
      const response = await me(app, bob.cookie);
      return response.status === 401 && response;
    });
    expect(cookieLines(unknown)).toEqual([expect.stringMatching(/^hf_sid=; .*1970/)]);
    // It may belong to another application, or to a newer release with another key.
    expect(cookieLines(await me(app, 'hf_sid=abc'))).toEqual([]);
  });

  test('U15: a late request of a sid that was rotated or replaced does not remove its successor', async () => {
    const app = await start({ store });
    const ada = await login(app);
    const late = ada.copy();
    await ada.post(`${app.url}/rotate`);
    expect(cookieLines(await me(app, late.cookie))).toEqual([]);
    const later = ada.copy();
    await ada.post(`${app.url}/login/ada`);
    expect(cookieLines(await me(app, later.cookie))).toEqual([]);
  });

  test('S14: with rolling every response renews the cookie, of a live session only', async () => {
    const app = await start({ store, rolling: true, maxAge: 60_000 });
    const ada = await login(app);
    for (let n = 0; n < 2; n += 1) {
      expect(cookieLines(await me(app, ada.cookie))).toEqual([expect.stringMatching(/^hf_sid=s%3A.*; Max-Age=60; /)]);
    }
    expect(cookieLines(await ada.post(`${app.url}/set/x/1`))).toHaveLength(1);
    expect(cookieLines(await me(app, undefined))).toEqual([]);
    expect(cookieLines(await ada.post(`${app.url}/logout`))).toEqual([expect.stringContaining('1970')]);
  });

  test('S14: login, rotation and logout use the attributes of the options', async () => {
    const app = await start({
      ...{ store, secure: true, sameSite: 'none', partitioned: true, domain: 'example.com', maxAge: 86_400_000 },
    });
    const attributes = /; Domain=example.com; Path=\/; HttpOnly; SameSite=None; Secure; Partitioned(; |$)/;
    const ada = new Browser('__Secure-hf_sid');
    for (const path of ['login/ada', 'rotate']) {
      const [line] = cookieLines(await ada.post(`${app.url}/${path}`));
      expect(line).toMatch(attributes);
      expect(line).toContain('Max-Age=86400');
    }
    const [cleared] = cookieLines(await ada.post(`${app.url}/logout`));
    expect(cleared).toMatch(attributes);
    expect(cleared).toContain('1970');
  });

  test('S14: req.session.cookie shows the options and cannot be changed in vain', async () => {
    const app = await start({ store, maxAge: 86_400_000 });
    const ada = await login(app);
    const cookie = (await (await ada.get(`${app.url}/cookie`)).json()) as Record<string, unknown>;
    expect(cookie).toMatchObject({ originalMaxAge: 86_400_000, httpOnly: true, path: '/', sameSite: 'lax' });
    expect((await ada.post(`${app.url}/cookie/maxAge`)).status).toBe(500);
  });

  test('S11: keys roll over three instances in two steps, and nobody is logged out at any time', async () => {
    const [one, two, three] = [await start({ store }), await start({ store }), await start({ store })];
    let instances = [one, two, three];
    const ada = await login(one);
    const everywhere = async () => {
      for (const instance of instances) {
        const response = await ada.get(`${instance.url}/me`);
        expect(response.status).toBe(200);
      }
    };
    await everywhere();
    for (const secrets of [[OLD, NEW], [NEW, OLD], [NEW]]) {
      for (let n = 0; n < 3; n += 1) {
        instances = instances.with(n, await start({ store, secrets }));
        await everywhere();
      }
    }
  });

  test('S11: a cookie of an old key is signed anew with the first, once', async () => {
    const old = await start({ store });
    const ada = await login(old);
    const app = await start({ store, secrets: [NEW, OLD] });
    const before = ada.cookie;
    const [line] = cookieLines(await ada.get(`${app.url}/me`));
    expect(line).toMatch(/^hf_sid=s%3A/);
    expect(ada.cookie).not.toBe(before);
    expect(cookieLines(await ada.get(`${app.url}/me`))).toEqual([]);
    const onlyNew = await start({ store, secrets: [NEW] });
    expect((await ada.get(`${onlyNew.url}/me`)).status).toBe(200);
  });

  test('S11: also by a response that writes, and not for a session that is over', async () => {
    const old = await start({ store });
    const [ada, bob] = [await login(old), await login(old, 'bob')];
    const app = await start({ store, secrets: [NEW, OLD] });
    expect(cookieLines(await ada.post(`${app.url}/set/x/1`))).toEqual([expect.stringMatching(/^hf_sid=s%3A/)]);
    const late = bob.copy();
    await bob.post(`${old.url}/logout`);
    expect(cookieLines(await late.get(`${app.url}/me`))).toEqual([expect.stringContaining('1970')]);
  });

  test('S6: login keeps every field of the user', async () => {
    const app = await start({ store });
    const ada = new Browser();
    const user = { id: 'grace', name: 'Grace', role: 'admin', teams: ['a', { b: 1 }] };
    const response = await fetch(`${app.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
    });
    ada.cookie = cookieLines(response)[0]?.split(';')[0];
    expect((await response.json()) as object).toEqual({ user });
    const other = await start({ store });
    expect(await (await ada.get(`${other.url}/me`)).json()).toMatchObject({ user });
    await ada.post(`${app.url}/rotate`);
    expect(await (await ada.get(`${other.url}/attributes`)).json()).toMatchObject({ user });
    const upgrade = await other.sessions.authenticateUpgrade({ headers: { cookie: ada.cookie } } as never);
    expect(upgrade?.user).toEqual(user);
    expect(await other.sessions.devices.list('grace')).toHaveLength(1);
  });

  test.each([undefined, '', 5, null])('S6: a user whose id is %j is refused', async (id) => {
    const app = await start({ store });
    const response = await fetch(`${app.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, name: 'x' }),
    });
    expect(await response.json()).toMatchObject({ code: 'internal', detail: expect.stringContaining('user.id') });
    expect(cookieLines(response)).toEqual([]);
  });
});

describe('the code of a 401', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await start({ store: 'cached', idleSeconds: 1, absoluteSeconds: 1 });
  });

  const codeOf = async (cookie: string | undefined) => {
    const response = await fetch(`${app.url}/guarded`, { headers: { cookie: cookie ?? '' } });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };

  test('tells no session, an unknown, an ended, a revoked and an expired one, and an outage apart', async () => {
    expect(await codeOf(undefined)).toEqual([401, 'unauthenticated']);
    expect(await codeOf('hf_sid=forged')).toEqual([401, 'unauthenticated']);
    const anonymous = new Browser();
    await anonymous.post(`${app.url}/set/x/1`);
    expect(await codeOf(anonymous.cookie)).toEqual([401, 'unauthenticated']);
    const ada = await login(app);
    await ada.copy().post(`${app.url}/logout`);
    expect(await codeOf(ada.cookie)).toEqual([401, 'session_ended']);
    for (const reason of ['revoked', 'password-changed'] as const) {
      const dan = await login(app, 'dan');
      await app.sessions.devices.endAll('dan', reason);
      expect(await codeOf(dan.cookie)).toEqual([401, 'session_revoked']);
    }
    const bob = await login(app, 'bob');
    await app.redis.flushall();
    expect(await codeOf(bob.cookie)).toEqual([401, 'session_unknown']);
    const eve = await login(app, 'eve');
    await new Promise<void>((resolve) => app.sessions.onEnded(({ reason }) => reason === 'expired' && resolve()));
    expect(await codeOf(eve.cookie)).toEqual([401, 'session_expired']);
    redis.pause();
    try {
      expect(await codeOf(eve.cookie)).toEqual([503, 'session_unavailable']);
    } finally {
      redis.resume();
    }
  });
});
