import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newName, Person, password, startAuth } from './support.js';

let redis: Awaited<ReturnType<typeof startRedis>>;
let one: RunningService;
let two: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  [one, two] = await Promise.all([
    startAuth(redis.url, { INSTANCE_ID: 'auth-1' }),
    startAuth(redis.url, { INSTANCE_ID: 'auth-2' }),
  ]);
}, 30_000);

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await redis.stop();
});

async function registered(name = newName()): Promise<{ person: Person; name: string }> {
  const person = new Person();
  const response = await person.send('POST', `${one.url}/auth/register`, { username: name, password });
  expect(response.status).toBe(201);
  return { person, name };
}

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as Record<string, unknown>;
};

describe('one login for two instances', () => {
  test('is made at one and known at the other', async () => {
    const { person, name } = await registered();
    const me = await person.send('GET', `${two.url}/auth/me`);
    expect(me.status).toBe(200);
    expect(await me.json()).toEqual({
      user: { id: expect.any(String), name },
      session: { id: expect.any(String), createdAt: expect.any(String), expiresAt: expect.any(String) },
    });
  });

  test('ends at both when it ends at one, also for a copy of the cookie', async () => {
    const { person } = await registered();
    const { cookie } = person;
    expect((await person.send('GET', `${two.url}/auth/me`)).status).toBe(200);
    expect((await person.send('POST', `${one.url}/auth/logout`)).status).toBe(204);
    for (const { url } of [one, two]) {
      const answer = await fetch(`${url}/auth/me`, { headers: { cookie } });
      expect(answer.status).toBe(401);
      expect(await problemOf(answer)).toMatchObject({ code: 'session_ended' });
    }
  });

  test('cannot be made with an invented or a tampered cookie', async () => {
    const { person } = await registered();
    const flipped = person.cookie.slice(0, -1) + (person.cookie.endsWith('A') ? 'B' : 'A');
    for (const cookie of ['hf_sid=invented', 'hf_sid=', 'hf_sid=s%3Ax.y', `hf_sid=${'x'.repeat(3000)}`, flipped]) {
      expect((await fetch(`${one.url}/auth/me`, { headers: { cookie } })).status).toBe(401);
    }
    const hijack = new Person();
    hijack.cookie = 'hf_sid=s%3Achosen-by-the-attacker.AAAA';
    const answer = await hijack.send('POST', `${one.url}/auth/register`, { username: newName(), password });
    expect(answer.status).toBe(201);
    expect(hijack.cookie).not.toContain('chosen-by-the-attacker');
  });
});

describe('the session cookie', () => {
  test('is HttpOnly, SameSite=Lax, for the whole host, without Domain, and changes with each login', async () => {
    const person = new Person();
    const name = newName();
    const response = await person.send('POST', `${one.url}/auth/register`, { username: name, password });
    const [set = ''] = response.headers.getSetCookie();
    expect(set).toMatch(/^hf_sid=[^;]+/);
    expect(set).toMatch(/; Path=\/(;|$)/);
    expect(set).toMatch(/; HttpOnly/);
    expect(set).toMatch(/; SameSite=Lax/);
    expect(set).not.toMatch(/Domain|Secure/);
    expect(response.headers.get('cache-control')).toBe('no-store');

    const { cookie } = person;
    expect((await person.send('POST', `${one.url}/auth/login`, { username: name, password })).status).toBe(200);
    expect(person.cookie).not.toBe(cookie);
    expect((await fetch(`${two.url}/auth/me`, { headers: { cookie } })).status).toBe(401);
  });

  test('is Secure and __Host- if the configuration says that users come over TLS', async () => {
    const secure = await startAuth(redis.url, { SESSION_SECURE: 'true' });
    try {
      const response = await new Person().send('POST', `${secure.url}/auth/register`, {
        username: newName(),
        password,
      });
      expect(response.headers.getSetCookie()[0]).toMatch(/^__Host-hf_sid=.*; Secure/);
      expect(response.headers.get('strict-transport-security')).toContain('max-age=');
    } finally {
      await secure.close();
    }
  });

  test('is not set for a stranger, and the store keeps nothing of them', async () => {
    const { Redis } = await import('ioredis');
    const client = new Redis(redis.url);
    // Only keys of sessions count, because background work writes others.
    const kept = async () => (await client.keys('hf:{*')).sort();
    const before = await kept();
    const answer = await fetch(`${one.url}/auth/me`);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await kept()).toEqual(before);
    client.disconnect();
  });
});

describe('registering', () => {
  test('gives a name to one person, in any case', async () => {
    const name = newName();
    const answers = await Promise.all(
      [name, name.toUpperCase(), name].map((username) =>
        new Person().send('POST', `${two.url}/auth/register`, { username, password }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(await refused?.json()).toMatchObject({ code: 'name_taken' });
  });

  test.each([
    ['a short password', { password: 'short' }, 'invalid_request', 'password'],
    ['a common password', { password: 'Password123' }, 'common_password', 'password'],
    ['an odd name', { username: '../etc/passwd' }, 'invalid_request', 'username'],
    ['an operator as name', { username: { $ne: '' } }, 'invalid_request', 'username'],
    ['a list as password', { password: ['a'] }, 'invalid_request', 'password'],
    ['an unknown field', { admin: true }, 'invalid_request', 'admin'],
  ])('refuses %s and names the field', async (_, wrong, code, path) => {
    const body = { username: newName(), password, ...wrong };
    const answer = await new Person().send('POST', `${one.url}/auth/register`, body);
    expect(answer.status).toBe(400);
    const problem = await problemOf(answer);
    expect(problem).toMatchObject({ code });
    expect(problem.errors).toEqual([{ path, message: expect.any(String) }]);
  });

  test('refuses a password of a megabyte without hashing it', async () => {
    const startedAt = performance.now();
    const answer = await new Person().send('POST', `${one.url}/auth/register`, {
      username: newName(),
      password: 'p'.repeat(1_000_000),
    });
    expect(answer.status).toBe(413);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('takes passwords of 64 characters and of any script whole', async () => {
    for (const long of ['p4'.repeat(32), 'пароль с длиной 日本語 🙂']) {
      const name = newName();
      await new Person().send('POST', `${one.url}/auth/register`, { username: name, password: long });
      const cut = await new Person().send('POST', `${two.url}/auth/login`, {
        username: name,
        password: long.slice(0, -1),
      });
      expect(cut.status).toBe(401);
      const whole = await new Person().send('POST', `${two.url}/auth/login`, { username: name, password: long });
      expect(whole.status).toBe(200);
    }
  });
});

describe('logging in', () => {
  test('answers an unknown user and a wrong password alike', async () => {
    const { name } = await registered();
    const ask = async (username: string) => {
      const answer = await fetch(`${one.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'same', 'x-forwarded-for': '192.0.2.1' },
        body: JSON.stringify({ username, password: 'not this one' }),
      });
      return { status: answer.status, body: await answer.text(), cookies: answer.headers.getSetCookie() };
    };
    expect(await ask(newName())).toEqual(await ask(name));
  });

  test('takes as long for an unknown user as for a wrong password', async () => {
    const service = await startAuth(redis.url, {
      LOGIN_FAILURES_PER_ACCOUNT: '1000',
      LOGIN_FAILURES_PER_ADDRESS: '1000',
      LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS: '1000',
    });
    try {
      const { name } = await registered();
      let tries = 0;
      const timed = async (username: string) => {
        const startedAt = performance.now();
        await new Person().send('POST', `${service.url}/auth/login`, { username, password: 'not this one' });
        return performance.now() - startedAt;
      };
      // A busy machine can only add to the time of the work, so the fastest of enough tries is the work itself.
      const fastest = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
      await waitFor(
        async () => {
          fastest.known = Math.min(fastest.known, await timed(name));
          fastest.unknown = Math.min(fastest.unknown, await timed(newName()));
          tries += 1;
          return tries >= 20 && Math.abs(fastest.known - fastest.unknown) < 5;
        },
        { timeoutMs: 20_000 },
      );
    } finally {
      await service.close();
    }
  }, 30_000);

  test('limits guesses across instances, returns the time to wait, and does not lock the owner out', async () => {
    const { name } = await registered();
    const attacker = new Person('203.0.113.77');
    const statuses: number[] = [];
    let refused: Response | undefined;
    for (let i = 0; i < 12; i += 1) {
      const { url } = i % 2 === 0 ? one : two;
      const answer = await attacker.send('POST', `${url}/auth/login`, {
        username: name,
        password: `guess number ${i}`,
      });
      statuses.push(answer.status);
      if (answer.status === 429) refused = answer;
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused?.json()).toMatchObject({ code: 'too_many_attempts' });
    const owner = await new Person().send('POST', `${one.url}/auth/login`, { username: name, password });
    expect(owner.status).toBe(200);
  });

  test('limits guesses from many addresses, and lets the owner in from the network of the registration', async () => {
    const service = await startAuth(redis.url, { LOGIN_FAILURES_PER_ACCOUNT: '5', KEY_PREFIX: 'hf:spread:' });
    try {
      await new Person().send('POST', `${service.url}/auth/register`, { username: 'ada', password });
      const statuses: number[] = [];
      for (let i = 0; i < 7; i += 1) {
        const guess = { username: 'ada', password: `guess number ${i}` };
        statuses.push((await new Person(`203.0.113.${i}`).send('POST', `${service.url}/auth/login`, guess)).status);
      }
      expect(statuses).toEqual([...Array(5).fill(401), 429, 429]);
      const owner = await new Person().send('POST', `${service.url}/auth/login`, { username: 'ada', password });
      expect(owner.status).toBe(200);
    } finally {
      await service.close();
    }
  });

  test('is not fooled by an X-Forwarded-For from a peer it does not trust', async () => {
    const service = await startAuth(redis.url, { TRUSTED_PROXIES: '10.0.0.0/8', KEY_PREFIX: 'hf:untrusted:' });
    try {
      const statuses: number[] = [];
      for (let i = 0; i < 12; i += 1) {
        const liar = new Person(`203.0.113.${i}`);
        const guess = { username: 'ada', password: `guess number ${i}` };
        statuses.push((await liar.send('POST', `${service.url}/auth/login`, guess)).status);
      }
      expect(statuses.slice(-2)).toEqual([429, 429]);
    } finally {
      await service.close();
    }
  });

  test('limits registering from one address', async () => {
    const service = await startAuth(redis.url, { REGISTRATIONS_PER_ADDRESS: '20', KEY_PREFIX: 'hf:few:' });
    try {
      const ask = (username: string) =>
        new Person().send('POST', `${service.url}/auth/register`, { username, password });
      expect((await ask('ada')).status).toBe(201);
      expect((await ask('ada')).status).toBe(409);
      expect((await ask('ada')).status).toBe(409);
      const refused = await ask('bob');
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).not.toBeNull();
    } finally {
      await service.close();
    }
  });

  test('does not stall other requests while fifty log in', async () => {
    const { person, name } = await registered();
    let loggedIn = 0;
    const logins = Array.from({ length: 50 }, async () => {
      const { status } = await new Person().send('POST', `${one.url}/auth/login`, { username: name, password });
      loggedIn += 1;
      return status;
    });
    // The unit is logins, not milliseconds, because both take longer on a busy machine.
    const overtakenBy: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const before = loggedIn;
      expect((await person.send('GET', `${one.url}/auth/me`)).status).toBe(200);
      overtakenBy.push(loggedIn - before);
    }
    expect(Math.min(...overtakenBy)).toBeLessThanOrEqual(2);
    expect(loggedIn).toBeLessThan(50);
    expect(await Promise.all(logins)).toEqual(Array(50).fill(200));
  }, 30_000);
});

describe('reading', () => {
  test.each(['GET', 'HEAD', 'OPTIONS'])('never changes anything: %s', async (method) => {
    const { person } = await registered();
    for (const path of ['/auth/logout', '/auth/login', '/auth/register', '/auth/password']) {
      expect((await person.send(method, `${one.url}${path}`)).status).toBe(404);
    }
    expect((await person.send('GET', `${one.url}/auth/me`)).status).toBe(200);
  });
});
