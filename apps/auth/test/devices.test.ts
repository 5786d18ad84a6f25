import type { ActivityAnswer, DevicesAnswer, MeAnswer } from '@holdfast/contracts';
import type { RunningService } from '@holdfast/service';
import { createSessions } from '@holdfast/session';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { newName, Person, password, startAuth } from './support.js';

let redis: Awaited<ReturnType<typeof startRedis>>;
let one: RunningService;
let two: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  [one, two] = await Promise.all([startAuth(redis.url), startAuth(redis.url)]);
}, 30_000);

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await redis.stop();
});

/** A user logged in on these devices, in this order. */
async function onDevices(...userAgents: string[]): Promise<{ name: string; people: Person[] }> {
  const name = newName();
  await new Person().send('POST', `${one.url}/auth/register`, { username: name, password });
  const people: Person[] = [];
  for (const userAgent of userAgents) {
    const person = new Person('198.51.100.1', userAgent);
    expect((await person.send('POST', `${one.url}/auth/login`, { username: name, password })).status).toBe(200);
    people.push(person);
  }
  return { name, people };
}

const devicesOf = async (person: Person) => {
  const response = await person.send('GET', `${two.url}/auth/sessions`);
  expect(response.status).toBe(200);
  return ((await response.json()) as DevicesAnswer).sessions;
};
const statusAt = async (person: Person, { url }: RunningService) => (await person.send('GET', `${url}/auth/me`)).status;
/** Waits until the session has ended everywhere. That takes 100 ms on an idle machine, and longer in a test. */
const isOut = (person: Person) =>
  waitFor(async () => (await statusAt(person, one)) === 401 && (await statusAt(person, two)) === 401, {
    timeoutMs: 5000,
  });

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

describe('my devices', () => {
  test('are listed with their names and times, newest first, and never with the sid', async () => {
    const { people } = await onDevices('phone', 'laptop');
    const [phone, laptop] = people;
    if (phone === undefined || laptop === undefined) throw new Error('two devices');
    const devices = await devicesOf(laptop);
    expect(devices.map(({ userAgent }) => userAgent)).toEqual(['laptop', 'phone', 'test']);
    expect(only(devices.filter(({ current }) => current)).userAgent).toBe('laptop');
    for (const { id } of devices) expect(decodeURIComponent(phone.cookie + laptop.cookie)).not.toContain(id);
  });

  test('can be ended one by one, everywhere', async () => {
    const { people } = await onDevices('phone', 'laptop');
    const [phone, laptop] = people;
    if (phone === undefined || laptop === undefined) throw new Error('two devices');
    const { id } = only((await devicesOf(laptop)).filter(({ userAgent }) => userAgent === 'phone'));
    expect((await laptop.send('DELETE', `${two.url}/auth/sessions/${id}`)).status).toBe(204);
    await isOut(phone);
    expect(await statusAt(laptop, one)).toBe(200);
    expect((await laptop.send('DELETE', `${two.url}/auth/sessions/${id}`)).status).toBe(404);
  });

  test('can all be ended but this one', async () => {
    const { people } = await onDevices('phone', 'tablet', 'laptop');
    const [phone, tablet, laptop] = people;
    if (phone === undefined || tablet === undefined || laptop === undefined) throw new Error('three devices');
    expect((await laptop.send('DELETE', `${one.url}/auth/sessions`)).status).toBe(204);
    await Promise.all([isOut(phone), isOut(tablet)]);
    expect(await devicesOf(laptop)).toHaveLength(1);
  });

  test('include this one, and ending it logs out', async () => {
    const { people } = await onDevices('laptop');
    const laptop = only(people);
    const { id } = only((await devicesOf(laptop)).filter(({ current }) => current));
    expect((await laptop.send('DELETE', `${one.url}/auth/sessions/${id}`)).status).toBe(204);
    await isOut(laptop);
  });

  test('are ended only after a recent login, where the configuration says so', async () => {
    const strict = await startAuth(redis.url, { REAUTHENTICATE_AFTER_SECONDS: '1' });
    try {
      const { name, people } = await onDevices('phone', 'laptop');
      const [phone, laptop] = people;
      if (phone === undefined || laptop === undefined) throw new Error('two devices');
      const [, other] = await devicesOf(laptop);
      const end = async () => (await laptop.send('DELETE', `${strict.url}/auth/sessions/${other?.id}`)).status;
      const endAll = () => laptop.send('DELETE', `${strict.url}/auth/sessions`);
      await waitFor(async () => (await (await endAll()).text()).includes('login_too_old'), { timeoutMs: 5000 });
      expect(await end()).toBe(403);
      await laptop.send('POST', `${strict.url}/auth/login`, { username: name, password });
      expect((await endAll()).status).toBe(204);
      await isOut(phone);
    } finally {
      await strict.close();
    }
  });

  test('are nobody else’s', async () => {
    const mine = only((await onDevices('phone')).people);
    const theirs = only((await onDevices('laptop')).people);
    const { id } = only((await devicesOf(mine)).filter(({ current }) => current));
    const answer = await theirs.send('DELETE', `${one.url}/auth/sessions/${id}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'no_such_session' });
    expect(await statusAt(mine, two)).toBe(200);
  });

  test.each(['..%2f', '%00', 'a'.repeat(65), 'a b'])('are not found by an odd id: %s', async (id) => {
    const person = only((await onDevices('phone')).people);
    const answer = await person.send('DELETE', `${one.url}/auth/sessions/${id}`);
    expect([400, 404]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ code: expect.any(String) });
  });
});

describe('changing the password', () => {
  const next = 'another good password';

  test('keeps me logged in with a new sid, kills the old one, and ends my other sessions if I ask', async () => {
    const { name, people } = await onDevices('phone', 'laptop');
    const [phone, laptop] = people;
    if (phone === undefined || laptop === undefined) throw new Error('two devices');
    const stolen = new Person();
    stolen.cookie = laptop.cookie;
    const change = { current: password, next, endOtherSessions: true };
    expect((await laptop.send('POST', `${one.url}/auth/password`, change)).status).toBe(204);
    expect(laptop.cookie).not.toBe(stolen.cookie);
    expect(await statusAt(laptop, two)).toBe(200);
    await Promise.all([isOut(phone), isOut(stolen)]);

    const login = (given: string) =>
      new Person().send('POST', `${two.url}/auth/login`, { username: name, password: given });
    expect((await login(password)).status).toBe(401);
    expect((await login(next)).status).toBe(200);
  });

  test('keeps my other sessions by default', async () => {
    const { people } = await onDevices('phone', 'laptop');
    const [phone, laptop] = people;
    if (phone === undefined || laptop === undefined) throw new Error('two devices');
    expect((await laptop.send('POST', `${one.url}/auth/password`, { current: password, next })).status).toBe(204);
    expect(await statusAt(phone, two)).toBe(200);
  });

  test.each([
    ['a wrong current one', { current: 'wrong', next }, 403, 'wrong_password'],
    ['a common next one', { current: password, next: 'password123' }, 400, 'common_password'],
    ['a short next one', { current: password, next: 'short' }, 400, 'invalid_request'],
    ['a word for a flag', { current: password, next, endOtherSessions: 'yes' }, 400, 'invalid_request'],
  ])('refuses %s and changes nothing', async (_, body, status, code) => {
    const { name, people } = await onDevices('laptop');
    const answer = await only(people).send('POST', `${one.url}/auth/password`, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    const login = await new Person().send('POST', `${two.url}/auth/login`, { username: name, password });
    expect(login.status).toBe(200);
  });

  test('changes nothing if the store cannot end the other sessions', async () => {
    const stock = await startAuth(redis.url, { SESSION_STORE: 'connect-redis', KEY_PREFIX: 'hf:stock:' });
    try {
      const person = new Person();
      await person.send('POST', `${stock.url}/auth/register`, { username: 'ada', password });
      const change = { current: password, next, endOtherSessions: true };
      const answer = await person.send('POST', `${stock.url}/auth/password`, change);
      expect(answer.status).toBe(501);
      expect(await answer.json()).toMatchObject({ code: 'session_unsupported' });
      const login = await new Person().send('POST', `${stock.url}/auth/login`, { username: 'ada', password });
      expect(login.status).toBe(200);
    } finally {
      await stock.close();
    }
  });
});

describe('my activity', () => {
  const activityOf = async (person: Person) => {
    const { activity } = (await (await person.send('GET', `${one.url}/auth/activity`)).json()) as ActivityAnswer;
    return activity.map(({ type, data }) => [type, data]);
  };

  test('lists my registration, sign-ins and ended sessions, each once, from every instance', async () => {
    const name = newName();
    const person = new Person();
    await person.send('POST', `${one.url}/auth/register`, { username: name, password });
    await person.send('POST', `${two.url}/auth/logout`);
    await person.send('POST', `${two.url}/auth/login`, { username: name, password });
    const sessionId = expect.any(String);
    const expected = [
      ['session.ended', { sessionId, reason: 'logout' }],
      ['session.started', { sessionId }],
      ['session.started', { sessionId }],
      ['user.registered', { name }],
    ];
    const activity = await waitFor(async () => {
      const known = await activityOf(person);
      return known.length >= expected.length && known;
    });
    expect(activity.sort(([a], [b]) => String(a).localeCompare(String(b)))).toEqual(expected);
  });

  test('tells of a login from a network that the user has not used', async () => {
    const name = newName();
    await new Person().send('POST', `${one.url}/auth/register`, { username: name, password });
    const abroad = new Person('203.0.113.9');
    const logIn = (person: Person) => person.send('POST', `${two.url}/auth/login`, { username: name, password });
    for (const person of [abroad, new Person('203.0.113.9'), new Person()]) await logIn(person);
    const logins = await waitFor(async () => {
      const started = (await activityOf(abroad)).filter(([type]) => type === 'session.started');
      return started.length === 4 && started;
    });
    // Newest first.
    expect(logins.map(([, data]) => (data as { newNetwork?: boolean }).newNetwork)).toEqual([
      ...[undefined, undefined, true, undefined],
    ]);
  });

  test('lists a session that another service ended', async () => {
    const [phone, laptop] = (await onDevices('phone', 'laptop')).people;
    if (phone === undefined || laptop === undefined) throw new Error('two devices');
    const [latest] = await devicesOf(laptop);
    const client = new Redis(redis.url);
    const elsewhere = createSessions({ store: 'redis', secrets: ['a-secret-of-enough-length'], redis: client });
    const { user } = (await (await phone.send('GET', `${one.url}/auth/me`)).json()) as MeAnswer;
    await elsewhere.devices.end(user.id, latest?.id ?? '', 'expired');
    await elsewhere.close();
    client.disconnect();
    const ended = JSON.stringify(['session.ended', { sessionId: latest?.id, reason: 'expired' }]);
    const entries = async () => (await activityOf(phone)).map((entry) => JSON.stringify(entry));
    await waitFor(async () => (await entries()).includes(ended));
    // Entries come in order, so a second entry for the same end would have come before this one.
    const change = { current: password, next: `${password}!`, endOtherSessions: true };
    expect((await phone.send('POST', `${one.url}/auth/password`, change)).status).toBe(204);
    await waitFor(async () => (await entries()).some((entry) => entry.includes('password-changed')));
    expect((await entries()).filter((entry) => entry === ended)).toHaveLength(1);
  });

  test('has the requested length', async () => {
    const person = only((await onDevices('phone')).people);
    const atMost = async (limit: number) => {
      const answer = await person.send('GET', `${one.url}/auth/activity?limit=${limit}`);
      return ((await answer.json()) as ActivityAnswer).activity.length;
    };
    await waitFor(async () => (await atMost(200)) > 1);
    expect(await atMost(1)).toBe(1);
    for (const limit of ['0', '-1', 'x', '201', '1&limit=2']) {
      expect((await person.send('GET', `${one.url}/auth/activity?limit=${limit}`)).status).toBe(400);
    }
  });
});
