import { type RunningService, readConfig, startService } from '@holdfast/service';
import { metricMistakes, startRedis } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { monolithEnv, monolithService } from '../src/index.js';

const account = { username: 'ada', password: 'correct horse battery' };
let redis: Awaited<ReturnType<typeof startRedis>>;
let one: RunningService;
let two: RunningService;

async function startMonolith(env: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const result = readConfig(monolithEnv, {
    REDIS_URL: redis.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    SESSION_SECRETS: 'a-secret-of-enough-length',
    SHUTDOWN_DRAIN_MS: '0',
    ...env,
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return startService(monolithService(result.config));
}

beforeAll(async () => {
  redis = await startRedis();
  [one, two] = await Promise.all([startMonolith(), startMonolith()]);
}, 30_000);

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await redis.stop();
});

const send = (method: string, url: string, cookie: string, body?: unknown) =>
  fetch(url, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

describe('three services in one process', () => {
  test('share one session, set by one middleware', async () => {
    const registered = await send('POST', `${one.url}/auth/register`, '', { ...account, username: 'one-cookie' });
    expect(registered.status).toBe(201);
    expect(registered.headers.getSetCookie()).toHaveLength(1);
    const cookie = cookieOf(registered);
    expect((await send('POST', `${one.url}/todos`, cookie, { title: 'tea' })).status).toBe(201);
    const list = (await (await send('GET', `${one.url}/todos`, cookie)).json()) as { todos: Array<{ title: string }> };
    expect(list.todos.map(({ title }) => title)).toEqual(['tea']);
    expect((await send('GET', `${one.url}/chat/rooms/lobby/messages`, cookie)).status).toBe(200);
    expect((await send('GET', `${one.url}/chat/rooms/lobby/messages`, '')).status).toBe(401);
  });

  test('answer health, metrics and one document for all', async () => {
    expect((await fetch(`${one.url}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${one.url}/metrics`)).text();
    for (const name of ['http_request_duration_seconds', 'session_requests_total', 'events_lag', 'chat_sockets']) {
      expect(metrics).toContain(`# HELP ${name} `);
    }
    expect(metricMistakes(metrics)).toEqual([]);
    const { paths } = (await (await fetch(`${one.url}/docs-json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/auth/login', '/todos', '/todos/{id}', '/chat/rooms/{room}/messages', '/healthz']),
    );
  });
});

describe('the classic app server, twice', () => {
  test('knows the account on every server, the login and the todos only on the server that made them', async () => {
    const cookie = cookieOf(await send('POST', `${one.url}/auth/register`, '', account));
    await send('POST', `${one.url}/todos`, cookie, { title: 'tea' });
    expect((await send('GET', `${two.url}/auth/me`, cookie)).status).toBe(401);

    const there = cookieOf(await send('POST', `${two.url}/auth/login`, '', account));
    expect(await (await send('GET', `${two.url}/todos`, there)).json()).toEqual({ todos: [] });
  });

  test('has both on every server once they are in Redis', async () => {
    const env = { SESSION_STORE: 'cached', TODO_STORE: 'redis', KEY_PREFIX: 'hf:moved:' };
    const [left, right] = await Promise.all([startMonolith(env), startMonolith(env)]);
    try {
      const cookie = cookieOf(await send('POST', `${left.url}/auth/register`, '', account));
      await send('POST', `${left.url}/todos`, cookie, { title: 'tea' });
      const answer = await send('GET', `${right.url}/todos`, cookie);
      const { todos } = (await answer.json()) as { todos: Array<{ title: string }> };
      // It stands beside the first todo of a new user.
      expect(todos.map(({ title }) => title)).toContain('tea');
    } finally {
      await Promise.all([left.close(), right.close()]);
    }
  });
});
