import { connect } from 'node:net';
import { problemSchema } from '@holdfast/contracts';
import { type RunningService, readConfig, startService } from '@holdfast/service';
import { startRedis } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { monolithEnv, monolithService } from '../src/index.js';

const account = { username: 'ada', password: 'correct horse battery' };
let redis: Awaited<ReturnType<typeof startRedis>>;
let service: RunningService;
let cookie: string;

beforeAll(async () => {
  redis = await startRedis();
  const result = readConfig(monolithEnv, {
    REDIS_URL: redis.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    SESSION_STORE: 'cached',
    TODO_STORE: 'redis',
    SESSION_SECRETS: 'a-secret-of-enough-length',
    SHUTDOWN_DRAIN_MS: '0',
    // These tests are about bad input, not about its rate.
    LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS: '100000',
    LOGIN_FAILURES_PER_ACCOUNT: '100000',
    LOGIN_FAILURES_PER_ADDRESS: '100000',
    REGISTRATIONS_PER_ADDRESS: '100000',
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  service = await startService(monolithService(result.config));
  const registered = await fetch(`${service.url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  cookie = registered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}, 30_000);

afterAll(async () => {
  await service.close();
  await redis.stop();
});

const STACK = /at .+:\d+:\d+|node_modules|\.js\b|ReplyError|ECONN/;

/** Expects a refusal: 4xx as problem details, without internals. */
async function expectRefusal(response: Response): Promise<void> {
  const text = await response.text();
  // The comparison includes the text, so that a failure shows it.
  expect(`${response.status} ${text}`).toMatch(/^4\d\d /);
  expect(text).not.toMatch(STACK);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(problemSchema.safeParse(JSON.parse(text)).success).toBe(true);
}

const WRITES = [
  ['POST', '/auth/register'],
  ['POST', '/auth/login'],
  ['POST', '/auth/password'],
  ['POST', '/todos'],
  ['PATCH', '/todos/some-id'],
] as const;

const BODIES: ReadonlyArray<readonly [what: string, body: string | Buffer]> = [
  ['nothing', ''],
  ['half an object', '{"username":'],
  ['a number', '7'],
  ['null', 'null'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['another type everywhere', '{"username":1,"password":{},"title":[],"current":0,"next":null,"done":"x"}'],
  ['query operators', '{"username":{"$ne":""},"password":{"$gt":""},"title":{"$where":"1"}}'],
  ['an own __proto__', '{"__proto__":{"user":{"id":"1"}},"username":"x","password":"x","title":"x"}'],
  ['a constructor', '{"constructor":{"prototype":{"isAdmin":true}},"title":"x"}'],
  ['ten thousand brackets', '['.repeat(10_000)],
  ['ten thousand unknown fields', `{${Array.from({ length: 5_000 }, (_, i) => `"f${i}":1`).join(',')}}`],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
  ['a byte order mark and rubbish', '\ufeff{x}'],
  ['the largest numbers', '{"title":1e999,"username":-1e999,"current":1e999,"next":1e999,"password":1e999}'],
];

describe('a body that is', () => {
  test.each(BODIES)('%s is refused everywhere', async (_, body) => {
    for (const [method, path] of WRITES) {
      const headers = { 'content-type': 'application/json', cookie };
      await expectRefusal(await fetch(service.url + path, { method, headers, body }));
    }
  });

  test('too large is refused everywhere, and the next request is answered', async () => {
    for (const [method, path] of WRITES) {
      const body = JSON.stringify({ title: 'x'.repeat(200_000) });
      const response = await fetch(service.url + path, {
        method,
        headers: { 'content-type': 'application/json', cookie },
        body,
      });
      expect(response.status).toBe(413);
      await expectRefusal(response);
    }
    expect((await fetch(`${service.url}/auth/me`, { headers: { cookie } })).status).toBe(200);
  });
});

describe('a path that is odd', () => {
  test.each([
    '/auth/..%2f..%2fetc/passwd',
    '/todos/%00',
    '/todos/%ff',
    '/todos/%',
    '/auth/sessions/%c0%ae',
    '/chat/rooms/..%2f/messages',
    '/chat/rooms/a b/messages',
    '/chat/rooms/lobby/messages?after=x',
    '/chat/rooms/lobby/messages?after=-1',
    '/chat/rooms/lobby/messages?after[]=1&after[$gt]=1',
    '/auth/activity?limit=1e9',
    '/auth/activity?__proto__=1',
  ])('is refused: %s', (path) => expectPathRefused(path));

  test('for being long is refused', async () => {
    await expectPathRefused(`/chat/rooms/${'r'.repeat(65)}/messages`);
    await expectPathRefused(`/${'x'.repeat(8000)}`);
  });

  async function expectPathRefused(path: string): Promise<void> {
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      await expectRefusal(await fetch(service.url + path, { method, headers: { cookie } }));
    }
  }
});

describe('a cookie that is odd', () => {
  test.each([
    'hf_sid',
    'hf_sid=',
    'hf_sid=%',
    'hf_sid=%00',
    'hf_sid=s%3A.',
    'hf_sid=s%3A__proto__.x',
    'hf_sid=s:a.b; hf_sid=s:c.d',
    ';;;=;',
    '__proto__=1; constructor=2',
  ])('identifies no user: %s', (odd) => expectStranger(odd));

  test('for being long identifies no user', () => expectStranger(`hf_sid=s%3A${'x'.repeat(4000)}.y`));

  async function expectStranger(odd: string): Promise<void> {
    for (const path of ['/auth/me', '/todos', '/auth/sessions', '/chat/rooms/lobby/presence']) {
      const response = await fetch(service.url + path, { headers: { cookie: odd } });
      expect(response.status).toBe(401);
      await expectRefusal(response);
    }
  }
});

describe('bytes that are hardly a request', () => {
  test.each([
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/9.9\r\nhost: a\r\n\r\n',
    'FOO /todos HTTP/1.1\r\nhost: a\r\n\r\n',
    'TRACE /todos HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'POST /todos HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /todos HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\nbad header: x\r\n\r\n',
    'GET /\u0000 HTTP/1.1\r\nhost: a\r\n\r\n',
  ])('get a 4xx and no more: %j', async (bytes) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toMatch(STACK);
  });

  test('do not change the process', async () => {
    expect((await fetch(`${service.url}/auth/me`, { headers: { cookie } })).status).toBe(200);
  });
});

const HANDSHAKE = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';

describe('a WebSocket upgrade to a path without a WebSocket', () => {
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

  test.each(['/todos', '/auth/me', '/chat/rooms/a/messages', '/healthz', '/nothing'])(
    'P2: %s answers 400, with and without a login, and the process goes on',
    async (path) => {
      for (const login of ['', `cookie: ${cookie}\r\n`]) {
        const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: a\r\n${HANDSHAKE}${key}${login}\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(answer).toMatch(/^connection: close\r$/im);
        expect(answer).toContain('"code":"websocket_not_served"');
      }
      expect((await fetch(`${service.url}/auth/me`, { headers: { cookie } })).status).toBe(200);
    },
  );
});

function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(service.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}
