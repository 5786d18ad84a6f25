import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startRedis, type TestRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';

jest.setTimeout(120_000);

/** The rules of the page, word for word, by service. */
const documented = new Map(
  readFileSync(new URL('../../../docs/services.md', import.meta.url), 'utf8')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [, name = '', rules = ''] = /^ACL SETUSER (auth|todo|chat) on >PASSWORD (.+)$/.exec(line) ?? [];
      return name === '' ? [] : [[name, rules.trim().split(/\s+/)] as const];
    }),
);

let redis: TestRedis;
let admin: Redis;
const processes: ChildProcess[] = [];
const urls = new Map<string, string>();

beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.url);
  for (const [name, rules] of documented) await admin.call('ACL', 'SETUSER', name, 'reset', 'on', '>pw', ...rules);
  await admin.call('ACL', 'LOG', 'RESET');
  await Promise.all([...documented.keys()].map(start));
});

afterAll(async () => {
  await Promise.all(
    processes.map(async (child) => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }),
  );
  admin.disconnect();
  await redis.stop();
});

/** The service as a process of its own, as its own user of Redis. */
async function start(name: string): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      REDIS_URL: redis.url.replace('redis://', `redis://${name}:pw@`),
      SESSION_SECRETS: 'a-secret-only-for-these-tests',
      LOG_LEVEL: 'silent',
      SHUTDOWN_DRAIN_MS: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  processes.push(child);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  urls.set(name, `http://127.0.0.1:${port}`);
}

async function send(service: string, method: string, path: string, cookie = '', body?: unknown): Promise<Response> {
  return fetch(`${urls.get(service)}${path}`, {
    method,
    headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const jsonOf = async <T>(response: Promise<Response>) => (await (await response).json()) as T;

test('S13: auth, todo and chat work with exactly the rights that docs/services.md gives each', async () => {
  expect([...documented.keys()]).toEqual(['auth', 'todo', 'chat']);
  for (const name of documented.keys()) expect((await send(name, 'GET', '/readyz')).status).toBe(200);

  // Auth: registration, a wrong and a right password, devices, another password.
  const account = { username: 'ada', password: 'correct horse battery' };
  const cookie = cookieOf(await send('auth', 'POST', '/auth/register', '', account));
  expect((await send('auth', 'POST', '/auth/login', '', { ...account, password: 'wrong horse' })).status).toBe(401);
  const second = cookieOf(await send('auth', 'POST', '/auth/login', '', account));
  const { sessions } = await jsonOf<{ sessions: unknown[] }>(send('auth', 'GET', '/auth/sessions', cookie));
  expect(sessions).toHaveLength(2);
  expect((await send('auth', 'DELETE', '/auth/sessions', cookie)).status).toBeLessThan(300);
  expect((await send('todo', 'GET', '/todos', second)).status).toBe(401);

  // Todo: an event adds the first one, the user adds, finishes and removes others.
  const todos = async () => (await jsonOf<{ todos: { id: string }[] }>(send('todo', 'GET', '/todos', cookie))).todos;
  await waitFor(async () => (await todos()).length === 1, { timeoutMs: 20_000 });
  const { id } = await jsonOf<{ id: string }>(send('todo', 'POST', '/todos', cookie, { title: 'tea' }));
  expect((await send('todo', 'PATCH', `/todos/${id}`, cookie, { done: true })).status).toBe(200);
  expect((await send('todo', 'DELETE', `/todos/${id}`, cookie)).status).toBeLessThan(300);

  // Chat: a message, presence, the announcement that the finished todo caused.
  const url = urls.get('chat') ?? '';
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/socket`, { headers: { cookie }, origin: url });
  const frames: { type: string }[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as { type: string }));
  await once(socket, 'open');
  const has = (type: string) => waitFor(() => frames.some((frame) => frame.type === type), { timeoutMs: 20_000 });
  socket.send(JSON.stringify({ type: 'join', room: 'lobby' }));
  await has('joined');
  // More than a quarter of the limit, so that the count is shared with the other instances.
  for (let n = 0; n < 40; n += 1) {
    socket.send(JSON.stringify({ type: 'send', room: 'lobby', text: `hello ${n}`, clientId: `c${n}` }));
  }
  await has('message');
  await has('presence');
  const texts = async () => {
    const path = '/chat/rooms/lobby/messages';
    return (await jsonOf<{ messages: { text: string }[] }>(send('chat', 'GET', path, cookie))).messages.map(
      (m) => m.text,
    );
  };
  await waitFor(async () => (await texts()).includes('ada finished a todo'), { timeoutMs: 20_000 });
  await waitFor(async () => (await admin.keys('hf:chat:frames:*')).length === 1, { timeoutMs: 20_000 });
  expect((await send('chat', 'GET', '/chat/rooms/lobby/presence', cookie)).status).toBe(200);

  // A logout ends the socket; auth has heard of all of it.
  const closed = once(socket, 'close');
  const change = { current: account.password, next: 'another horse battery', endOtherSessions: true };
  const changed = await send('auth', 'POST', '/auth/password', cookie, change);
  expect(changed.status).toBeLessThan(300);
  const fresh = cookieOf(changed) || cookie;
  await waitFor(
    async () => {
      const { activity } = await jsonOf<{ activity: { type: string }[] }>(send('auth', 'GET', '/auth/activity', fresh));
      return (
        activity.some(({ type }) => type === 'todo.completed') && activity.some(({ type }) => type === 'session.ended')
      );
    },
    { timeoutMs: 20_000 },
  );
  expect((await send('auth', 'POST', '/auth/logout', fresh)).status).toBeLessThan(300);
  await closed;

  // Redis refused only the optional look at its persistence.
  const log = (await admin.call('ACL', 'LOG', '128')) as unknown[][];
  const refused = log.map((entry) => {
    const field = (name: string) => String(entry[entry.indexOf(name) + 1]);
    return `${field('username')}: ${field('object')}`;
  });
  expect(refused.filter((text) => !text.endsWith(': config|get'))).toEqual([]);
});
