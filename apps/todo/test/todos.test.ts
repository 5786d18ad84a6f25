import type { Todo, TodosAnswer } from '@holdfast/contracts';
import { addToOutbox, newEvent, Outbox } from '@holdfast/events';
import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startLogins, startTodo } from './support.js';

let redis: Awaited<ReturnType<typeof startRedis>>;
let client: Redis;
let logins: Awaited<ReturnType<typeof startLogins>>;
let one: RunningService;
let two: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
  logins = await startLogins(client);
  [one, two] = await Promise.all([startTodo(redis.url), startTodo(redis.url, { SESSION_STORE: 'redis' })]);
}, 30_000);

afterAll(async () => {
  await Promise.all([one.close(), two.close(), logins.close()]);
  client.disconnect();
  await redis.stop();
});

const send = (method: string, url: string, cookie: string, body?: unknown) =>
  fetch(url, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const listAt = async ({ url }: RunningService, cookie: string) =>
  ((await (await send('GET', `${url}/todos`, cookie)).json()) as TodosAnswer).todos;

async function added(cookie: string, title: string): Promise<Todo> {
  const response = await send('POST', `${one.url}/todos`, cookie, { title });
  expect(response.status).toBe(201);
  return (await response.json()) as Todo;
}

describe('two instances with one session', () => {
  test('both know the user and the todos after a change at either', async () => {
    const cookie = await logins.login('ada');
    const tea = await added(cookie, '  tea ');
    expect(tea).toEqual({ id: expect.any(String), title: 'tea', done: false, createdAt: expect.any(String) });
    expect(await listAt(two, cookie)).toEqual([tea]);

    const done = await send('PATCH', `${two.url}/todos/${tea.id}`, cookie, { done: true });
    expect(done.status).toBe(200);
    expect(await done.json()).toEqual({ ...tea, done: true });
    expect(await listAt(one, cookie)).toEqual([{ ...tea, done: true }]);

    expect((await send('DELETE', `${one.url}/todos/${tea.id}`, cookie)).status).toBe(204);
    expect(await listAt(two, cookie)).toEqual([]);
  });

  test('both forget the user who logged out elsewhere', async () => {
    const cookie = await logins.login('bob');
    expect((await send('GET', `${one.url}/todos`, cookie)).status).toBe(200);
    await logins.logout(cookie);
    await waitFor(async () => (await send('GET', `${one.url}/todos`, cookie)).status === 401, { timeoutMs: 1000 });
    expect((await send('GET', `${two.url}/todos`, cookie)).status).toBe(401);
  });

  test('show nobody the todos of others', async () => {
    const [ada, eve] = [await logins.login('ada'), await logins.login('eve')];
    const { id } = await added(ada, 'secret plan');
    expect(await listAt(one, eve)).toEqual([]);
    for (const answer of [
      await send('PATCH', `${one.url}/todos/${id}`, eve, { done: true }),
      await send('DELETE', `${one.url}/todos/${id}`, eve),
    ]) {
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 'no_such_todo' });
    }
  });
});

describe('given bad input', () => {
  test.each([
    ['no title', {}, 'title'],
    ['an empty title', { title: '   ' }, 'title'],
    ['a number as title', { title: 7 }, 'title'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title'],
    ['an unknown field', { title: 'tea', owner: 'eve' }, 'owner'],
    ['a list', ['tea'], ''],
  ])('refuses %s and names the field', async (_, body, path) => {
    const answer = await send('POST', `${one.url}/todos`, await logins.login('ada'), body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ path }] });
  });

  test.each([
    ['nothing to change', {}],
    ['a word for a flag', { done: 'yes' }],
    ['null', { title: null }],
    ['another id', { id: 'other', done: true }],
  ])('refuses %s', async (_, body) => {
    const cookie = await logins.login('ada');
    const { id } = await added(cookie, 'tea');
    expect((await send('PATCH', `${one.url}/todos/${id}`, cookie, body)).status).toBe(400);
  });

  test.each(['unknown', '..%2f..%2fetc', '%00', '%ff', '__proto__', 'a'.repeat(500)])(
    'does not find the id %s, and says so',
    async (id) => {
      const answer = await send('PATCH', `${one.url}/todos/${id}`, await logins.login('ada'), { done: true });
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  test.each(['GET', 'POST', 'PATCH', 'DELETE'])('lets no stranger in: %s', async (method) => {
    const path = method === 'GET' || method === 'POST' ? '/todos' : '/todos/any';
    const answer = await send(
      method,
      one.url + path,
      'hf_sid=invented',
      method === 'GET' ? undefined : { title: 'tea' },
    );
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
  });

  test('keeps markup as text, and answers as JSON', async () => {
    const cookie = await logins.login('mallory');
    const title = '<img src=x onerror=alert(1)>';
    await added(cookie, title);
    const answer = await send('GET', `${two.url}/todos`, cookie);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(((await answer.json()) as TodosAnswer).todos[0]?.title).toBe(title);
  });
});

test('stops at the limit, also when the todos come at once', async () => {
  const small = await startTodo(redis.url, { MAX_TODOS_PER_USER: '3' });
  try {
    const cookie = await logins.login('hoarder');
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => send('POST', `${small.url}/todos`, cookie, { title: `todo ${i}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
  } finally {
    await small.close();
  }
});

test('keeps todos of the memory store in the instance that made them', async () => {
  const [left, right] = await Promise.all([
    startTodo(redis.url, { TODO_STORE: 'memory' }),
    startTodo(redis.url, { TODO_STORE: 'memory' }),
  ]);
  try {
    const cookie = await logins.login('memo');
    await send('POST', `${left.url}/todos`, cookie, { title: 'tea' });
    expect(await listAt(left, cookie)).toHaveLength(1);
    expect(await listAt(right, cookie)).toEqual([]);
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
});

test('a new user finds a first todo', async () => {
  const cookie = await logins.login('dora');
  const registered = newEvent('user.registered', { key: 'id-of-dora', data: { name: 'dora' } });
  await addToOutbox(client.multi(), new Outbox(client, 'hf:'), registered).exec();
  const [first] = await waitFor(async () => {
    const todos = await listAt(two, cookie);
    return todos.length > 0 && todos;
  });
  expect(first).toMatchObject({ title: expect.stringMatching(/^Tick me off/), done: false });
});

test('answers 503 with Retry-After while Redis is gone, and is back with it, todos and all', async () => {
  const cookie = await logins.login('patient');
  await added(cookie, 'wait');
  redis.kill();
  const answer = await waitFor(async () => {
    const response = await send('GET', `${two.url}/todos`, cookie);
    return response.status === 503 && response;
  });
  expect(answer.headers.get('retry-after')).not.toBeNull();
  expect(await answer.json()).toMatchObject({ status: 503, code: expect.stringMatching(/_unavailable$/) });
  await redis.restart();
  for (const { url } of [one, two]) {
    await waitFor(async () => (await send('GET', `${url}/todos`, cookie)).status === 200, { timeoutMs: 10_000 });
  }
  expect((await listAt(one, cookie)).map(({ title }) => title)).toEqual(['wait']);
}, 20_000);
