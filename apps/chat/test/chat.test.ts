import { randomUUID } from 'node:crypto';
import { connect as connectTo } from 'node:net';
import { historyAnswerSchema, type ServerFrame, serverFrameSchema } from '@holdfast/contracts';
import {
  REDIS,
  RedisModule,
  type RunningService,
  readConfig,
  redisEnv,
  serviceEnv,
  sessionEnv,
  sessionOptions,
  startService,
} from '@holdfast/service';
import { SessionModule, SessionService } from '@holdfast/session/nest';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Controller, Inject, Module, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { ChatModule, chatEnv, configureChat } from '../src/index.js';

type TestRedis = Awaited<ReturnType<typeof startRedis>>;
let redis: TestRedis;
let services: RunningService[] = [];
let clients: Client[] = [];

beforeAll(async () => {
  // Redis writes to disk before it acknowledges, so a kill must lose nothing.
  redis = await startRedis({ args: ['--appendfsync', 'always'] });
});
afterEach(async () => {
  for (const client of clients) client.socket.terminate();
  await Promise.all(services.map((service) => service.close({ drainMs: 0 })));
  services = [];
  clients = [];
});
afterAll(() => redis.stop());

@Controller('test')
class LoginController {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Req() req: Request, @Query('name') name: string) {
    await this.sessions.login(req, { id: name, name });
    return {};
  }

  @Post('logout')
  async logout(@Req() req: Request) {
    await this.sessions.logout(req);
    return {};
  }
}

/** One chat instance with a login of the test's own; instances share Redis, and so sessions and rooms. */
async function startChat(env: Record<string, string> = {}): Promise<RunningService> {
  const read = readConfig(z.object({ ...serviceEnv, ...redisEnv, ...sessionEnv, ...chatEnv }), {
    REDIS_URL: redis.url,
    SESSION_SECRETS: 'a-secret-only-for-these-tests',
    LOG_LEVEL: 'silent',
    CHAT_CLOSE_SPREAD_MS: '0',
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { config } = read;
  @Module({
    imports: [
      RedisModule.forRoot({ url: config.REDIS_URL }),
      SessionModule.forRootAsync({ inject: [REDIS], useFactory: (client: Redis) => sessionOptions(config, client) }),
      ChatModule.forRoot(config),
    ],
    controllers: [LoginController],
  })
  class TestModule {}
  const service = await startService({ name: 'chat', module: TestModule, config, configure: configureChat });
  services.push(service);
  return service;
}

async function login(service: RunningService, name: string): Promise<string> {
  const response = await fetch(`${service.url}/test/login?name=${name}`, { method: 'POST' });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

class Client {
  readonly frames: ServerFrame[] = [];
  closeCode: number | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(serverFrameSchema.parse(JSON.parse(String(data)))));
    socket.on('close', (code) => {
      this.closeCode = code;
    });
    clients.push(this);
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  async join(room: string, seen: { epoch?: string; offset?: number } = {}) {
    const before = this.frames.length;
    this.send({ type: 'join', room, ...seen });
    const frame = await waitFor(() => this.frames.slice(before).find((f) => f.type === 'joined'));
    return frame as Extract<ServerFrame, { type: 'joined' }>;
  }

  texts(): string[] {
    return this.frames.flatMap((f) => (f.type === 'message' ? [f.message.text] : []));
  }
}

async function connect(service: RunningService, cookie: string): Promise<Client> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/chat/socket`, {
    headers: { cookie },
    origin: service.url,
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return new Client(socket);
}

/** All that the server answers until it ends the connection. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connectTo(port, '127.0.0.1', () => socket.write(request));
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

function upgradeStatus(
  service: RunningService,
  headers: Record<string, string>,
  path = '/chat/socket',
): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}${path}`, { headers });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

const room = (): string => `r-${randomUUID()}`;

test('a message reaches members on every instance, once and in order', async () => {
  const [first, second] = [await startChat(), await startChat()];
  const ada = await connect(first, await login(first, 'ada'));
  const bob = await connect(second, await login(second, 'bob'));
  const name = room();
  await ada.join(name);
  await bob.join(name);
  for (let i = 0; i < 20; i++) (i % 2 ? ada : bob).send({ type: 'send', room: name, text: `t${i}`, clientId: `c${i}` });
  await waitFor(() => ada.texts().length === 20 && bob.texts().length === 20);
  expect(ada.texts()).toEqual(bob.texts());
});

test('a client may join, send and join another room without waiting: the server handles all in that order', async () => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  const [name, other] = [room(), room()];
  ada.send({ type: 'join', room: name });
  ada.send({ type: 'send', room: name, text: 'one', clientId: '1' });
  ada.send({ type: 'send', room: name, text: 'two', clientId: '2' });
  ada.send({ type: 'join', room: other });
  await waitFor(() => ada.texts().length === 2 && ada.frames.filter((f) => f.type === 'joined').length === 2);
  const own = ada.frames.filter((f) => f.type !== 'presence' && f.type !== 'message');
  expect(own.map((f) => [f.type, 'clientId' in f ? f.clientId : 'room' in f && f.room])).toEqual([
    ['joined', name],
    ['sent', '1'],
    ['sent', '2'],
    ['joined', other],
  ]);
  expect(ada.texts()).toEqual(['one', 'two']);
});

test('an instance counts its work in its metrics', async () => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  const name = room();
  const { epoch } = await ada.join(name);
  ada.send({ type: 'send', room: name, text: 'one', clientId: '1' });
  await waitFor(() => ada.texts().length === 1);
  await ada.join(name, { epoch, offset: 1 });
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  for (const line of [
    'sockets 1',
    'rooms 1',
    'sent_total 1',
    'delivered_total 1',
    'dropped_total 0',
    'recovered_total 1',
    'not_recovered_total 0',
  ]) {
    expect(metrics).toContain(`\nchat_${line}\n`);
  }
});

test('a client that was away gets exactly what it missed, from another instance', async () => {
  const [first, second] = [await startChat(), await startChat()];
  const cookie = await login(first, 'ada');
  const name = room();
  const ada = await connect(first, cookie);
  const { epoch } = await ada.join(name);
  ada.send({ type: 'send', room: name, text: 'one', clientId: '1' });
  await waitFor(() => ada.texts().length === 1);
  ada.socket.terminate();
  const bob = await connect(second, await login(second, 'bob'));
  await bob.join(name);
  bob.send({ type: 'send', room: name, text: 'two', clientId: '2' });
  await waitFor(() => bob.texts().length === 1);

  const again = await (await connect(second, cookie)).join(name, { epoch, offset: 1 });
  expect(again).toMatchObject({ recovered: true, offset: 2 });
  expect(again.messages.map((m) => m.text)).toEqual(['two']);
});

test('messages that the history no longer holds are reported with recovered false', async () => {
  const service = await startChat({ CHAT_HISTORY_LENGTH: '2' });
  const ada = await connect(service, await login(service, 'ada'));
  const name = room();
  const { epoch } = await ada.join(name);
  for (const n of [1, 2, 3, 4]) ada.send({ type: 'send', room: name, text: `t${n}`, clientId: `${n}` });
  await waitFor(() => ada.texts().length === 4);
  const again = await (await connect(service, await login(service, 'bob'))).join(name, { epoch, offset: 1 });
  expect(again).toMatchObject({ recovered: false, offset: 4 });
  expect(again.messages.map((m) => m.offset)).toEqual([3, 4]);
});

test('an impossible position is answered with the history and recovered false', async () => {
  const service = await startChat();
  const name = room();
  const ada = await connect(service, await login(service, 'ada'));
  const { epoch } = await ada.join(name);
  const bob = await connect(service, await login(service, 'bob'));
  expect(await bob.join(name, { epoch, offset: 7 })).toMatchObject({ recovered: false, epoch, offset: 0 });
});

test('sending the same clientId again changes nothing and answers the same offset', async () => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  const name = room();
  await ada.join(name);
  ada.send({ type: 'send', room: name, text: 'hello', clientId: 'same' });
  ada.send({ type: 'send', room: name, text: 'hello', clientId: 'same' });
  const sent = await waitFor(() => {
    const frames = ada.frames.filter((f) => f.type === 'sent');
    return frames.length === 2 && frames;
  });
  expect(sent).toEqual([
    { type: 'sent', clientId: 'same', offset: 1 },
    { type: 'sent', clientId: 'same', offset: 1 },
  ]);
  ada.send({ type: 'send', room: name, text: 'next', clientId: 'other' });
  await waitFor(() => ada.texts().includes('next'));
  expect(ada.texts()).toEqual(['hello', 'next']);
});

test('only a logged-in user can read history and presence over HTTP', async () => {
  const service = await startChat();
  const cookie = await login(service, 'ada');
  const ada = await connect(service, cookie);
  const name = room();
  await ada.join(name);
  ada.send({ type: 'send', room: name, text: 'hello', clientId: '1' });
  await waitFor(() => ada.texts().length === 1);
  const get = (path: string, headers = { cookie }) => fetch(`${service.url}/chat/rooms/${path}`, { headers });
  expect(await (await get(`${name}/messages`)).json()).toMatchObject({
    messages: [{ offset: 1, from: 'ada', text: 'hello' }],
  });
  expect(await (await get(`${name}/messages?after=1`)).json()).toMatchObject({ messages: [] });
  expect(await (await get(`${name}/presence`)).json()).toEqual({ members: ['ada'] });
  expect((await get(`${name}/messages`, { cookie: '' })).status).toBe(401);
  expect((await get('no%20room/messages')).status).toBe(400);
  expect((await get(`${name}/messages?after=x`)).status).toBe(400);
  ada.socket.close();
  await waitFor(async () => JSON.stringify(await (await get(`${name}/presence`)).json()) === '{"members":[]}');
});

test('history is paged back over HTTP and over the socket', async () => {
  const service = await startChat();
  const cookie = await login(service, 'ada');
  const ada = await connect(service, cookie);
  const name = room();
  await ada.join(name);
  for (let n = 1; n <= 6; n++) ada.send({ type: 'send', room: name, text: `t${n}`, clientId: `${n}` });
  await waitFor(() => ada.texts().length === 6);
  const get = async (query: string) => {
    const answer = await fetch(`${service.url}/chat/rooms/${name}/messages?${query}`, { headers: { cookie } });
    return answer.status === 200 ? historyAnswerSchema.parse(await answer.json()) : answer.status;
  };
  expect(await get('before=5&limit=2')).toMatchObject({ more: true, messages: [{ offset: 3 }, { offset: 4 }] });
  expect(await get('after=4')).toMatchObject({ more: false, messages: [{ offset: 5 }, { offset: 6 }] });
  expect(await get('after=0&limit=1')).toMatchObject({ more: true, messages: [{ offset: 1 }] });
  for (const query of ['limit=0', 'limit=1001', 'before=0', 'before=x', 'limit=1&limit=2']) {
    expect(await get(query)).toBe(400);
  }
  ada.send({ type: 'history', room: name, before: 5, limit: 2 });
  const page = await waitFor(() => ada.frames.find(({ type }) => type === 'history'));
  expect(page).toMatchObject({ room: name, more: true, messages: [{ text: 't3' }, { text: 't4' }] });
  ada.send({ type: 'history', room: 'elsewhere' });
  const error = await waitFor(() => ada.frames.find(({ type }) => type === 'error'));
  expect(error).toMatchObject({ code: 'not_joined', room: 'elsewhere' });
});

test('a socket that leaves a room receives nothing more, the others learn it, and its place is free', async () => {
  const service = await startChat();
  const [ada, bob] = [
    await connect(service, await login(service, 'ada')),
    await connect(service, await login(service, 'bob')),
  ];
  const name = room();
  await ada.join(name);
  await bob.join(name);
  const members = (client: Client) => client.frames.findLast((frame) => frame.type === 'presence')?.members;
  await waitFor(() => members(bob)?.join() === 'ada,bob');
  ada.send({ type: 'leave', room: name });
  await waitFor(() => ada.frames.some((frame) => frame.type === 'left' && frame.room === name));
  await waitFor(() => members(bob)?.join() === 'bob');
  bob.send({ type: 'send', room: name, text: 'alone', clientId: '1' });
  await waitFor(() => bob.texts().length === 1);
  ada.send({ type: 'send', room: name, text: 'still here?', clientId: '2' });
  const error = await waitFor(() => ada.frames.find(({ type }) => type === 'error'));
  expect(error).toMatchObject({ code: 'not_joined', room: name, clientId: '2' });
  expect(ada.texts()).toEqual([]);
  ada.send({ type: 'leave', room: name });
  await waitFor(() => ada.frames.filter(({ type }) => type === 'left').length === 2);
  expect((await ada.join(name)).messages.map(({ text }) => text)).toEqual(['alone']);
});

test('rooms that were left do not count towards the most a socket may join', async () => {
  const service = await startChat({ CHAT_MESSAGES_PER_MINUTE: '1000' });
  const ada = await connect(service, await login(service, 'ada'));
  for (let i = 0; i < 60; i++) {
    ada.send({ type: 'join', room: `r${i}` });
    ada.send({ type: 'leave', room: `r${i}` });
  }
  await waitFor(() => ada.frames.filter(({ type }) => type === 'left').length === 60);
  expect(ada.frames.filter(({ type }) => type === 'error')).toEqual([]);
});

test('a foreign, null or missing Origin gets 403 and no session gets 401, before the 101', async () => {
  const service = await startChat();
  const cookie = await login(service, 'ada');
  expect(await upgradeStatus(service, { cookie })).toBe(403);
  expect(await upgradeStatus(service, { cookie, origin: 'null' })).toBe(403);
  expect(await upgradeStatus(service, { cookie, origin: 'http://evil.example' })).toBe(403);
  expect(await upgradeStatus(service, { origin: service.url })).toBe(401);
  expect(await upgradeStatus(service, { cookie, origin: service.url })).toBe(101);
});

test('P2: an upgrade that chat does not serve is answered, whoever asks; other protocols are ignored', async () => {
  const service = await startChat();
  const cookie = await login(service, 'ada');
  const name = room();
  for (const headers of [{}, { cookie, origin: service.url }]) {
    for (const path of [`/chat/rooms/${name}/messages`, '/chat', '/chat/socket/more', '/nothing-here']) {
      expect(await upgradeStatus(service, headers, path)).toBe(400);
    }
  }
  const asked = ['GET /chat/rooms/a/presence HTTP/1.1', 'Host: a', 'Connection: Upgrade, close', 'Upgrade: h2c'];
  expect(await raw(service.port, [...asked, '', ''].join('\r\n'))).toMatch(/^HTTP\/1\.1 401 /);
  const authorised = [...asked, `Cookie: ${cookie}`, '', ''].join('\r\n');
  expect(await raw(service.port, authorised)).toContain('{"members":[]}');
});

test('P2: a request without an upgrade to the path of the socket is told what to ask for', async () => {
  const answer = await fetch(`${(await startChat()).url}/chat/socket`);
  expect(answer.status).toBe(426);
  expect(await answer.json()).toMatchObject({ code: 'upgrade_required' });
});

test('P2: a refused upgrade to the socket carries problem details', async () => {
  const service = await startChat();
  const lines = ['GET /chat/socket HTTP/1.1', `Host: 127.0.0.1:${service.port}`, `Origin: ${service.url}`];
  const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const answer = await raw(service.port, [...lines, ...handshake, key, '', ''].join('\r\n'));
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im);
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ code: 'unauthenticated' });
});

test('a logout on one instance closes the socket on another with 4401', async () => {
  const [first, second] = [await startChat(), await startChat()];
  const cookie = await login(first, 'ada');
  const ada = await connect(second, cookie);
  await fetch(`${first.url}/test/logout`, { method: 'POST', headers: { cookie } });
  await waitFor(() => ada.closeCode === 4401);
});

test('a client that ignores the closing handshake can send nothing more once its session has ended', async () => {
  const service = await startChat();
  const cookie = await login(service, 'ada');
  const ada = await connect(service, cookie);
  const name = room();
  await ada.join(name);
  ada.socket.pause();
  const adasOtherTab = await connect(service, cookie);
  await fetch(`${service.url}/test/logout`, { method: 'POST', headers: { cookie } });
  await waitFor(() => adasOtherTab.closeCode === 4401);
  ada.send({ type: 'send', room: name, text: 'still here', clientId: '1' });
  const bob = await connect(service, await login(service, 'bob'));
  await bob.join(name);
  bob.send({ type: 'send', room: name, text: 'alone', clientId: '1' });
  await waitFor(() => bob.frames.some((f) => f.type === 'message' && f.message.text === 'alone'));
  ada.socket.resume();
  await waitFor(() => ada.closeCode === 4401);
  expect((await bob.join(name)).messages.map((m) => m.text)).toEqual(['alone']);
});

test('one socket is in at most 50 rooms', async () => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  for (let i = 0; i <= 50; i++) ada.send({ type: 'join', room: `r${i}` });
  expect(await waitFor(() => ada.frames.find((f) => f.type === 'error'))).toMatchObject({
    code: 'too_many_rooms',
    room: 'r50',
  });
});

test('a bad frame is answered with its mistake; a frame that is too big, and too many frames, close the socket', async () => {
  const service = await startChat({ CHAT_MESSAGES_PER_MINUTE: '5' });
  const ada = await connect(service, await login(service, 'ada'));
  ada.socket.send('not json');
  ada.send({ type: 'dance' });
  ada.send({ type: 'join', room: 'no room' });
  ada.send({ type: 'send', room: 'elsewhere', text: 'hi', clientId: '1' });
  await waitFor(() => ada.frames.length === 4);
  expect(ada.frames.map((f) => f.type === 'error' && f.code)).toEqual([
    'invalid_frame',
    'invalid_frame',
    'invalid_frame',
    'not_joined',
  ]);
  ada.send({ type: 'join', room: 'r' });
  ada.send({ type: 'join', room: 'r' });
  await waitFor(() => ada.closeCode === 1008);
  const bob = await connect(service, await login(service, 'bob'));
  bob.socket.send('x'.repeat(65_537));
  await waitFor(() => bob.closeCode === 1009);
});

test('C6: the sockets of one user share the limit, on every instance and after a reconnect; others have their own', async () => {
  const env = { CHAT_MESSAGES_PER_MINUTE: '8' };
  const [first, second] = [await startChat(env), await startChat(env)];
  const cookie = await login(first, 'ada');
  const four = [first, first, second, second].map((service) => connect(service, cookie));
  const [one, two, three, four_] = await Promise.all(four);
  if (!one || !two || !three || !four_) throw new Error('no sockets');
  const name = room();
  for (const socket of [one, two]) await socket.join(name);
  for (let n = 0; n < 6; n++) (n % 2 ? one : two).send({ type: 'send', room: name, text: `${n}`, clientId: `${n}` });
  await waitFor(() => [...one.frames, ...two.frames].filter(({ type }) => type === 'sent').length === 6);
  two.send({ type: 'send', room: name, text: 'too many', clientId: 'x' });
  await waitFor(() => two.closeCode === 1008);
  const [refusal] = two.frames.filter(({ type }) => type === 'error');
  expect(refusal).toMatchObject({ code: 'throttled', room: name, clientId: 'x', retryAfterMs: expect.any(Number) });
  one.send({ type: 'join', room: name });
  await waitFor(() => one.closeCode === 1008);
  // The other instance asks once the user has sent a quarter of the limit there.
  await waitFor(() => {
    if (three.closeCode === undefined) three.send({ type: 'join', room: name });
    return three.closeCode === 1008;
  });
  four_.send({ type: 'join', room: name });
  await waitFor(() => four_.closeCode === 1008);
  const again = await connect(first, cookie);
  again.send({ type: 'join', room: name });
  await waitFor(() => again.closeCode === 1008);
  await (await connect(first, await login(first, 'bob'))).join(name);
});

test('C6: one socket more than a user may have is closed with 4429; one that is free again may be used', async () => {
  const service = await startChat({ CHAT_SOCKETS_PER_USER: '2' });
  const cookie = await login(service, 'ada');
  const [first] = [await connect(service, cookie), await connect(service, cookie)];
  const third = await connect(service, cookie);
  await waitFor(() => third.closeCode === 4429);
  await connect(service, await login(service, 'bob'));
  first?.socket.close();
  const name = room();
  await waitFor(async () => {
    const next = await connect(service, cookie);
    next.send({ type: 'join', room: name });
    await waitFor(() => next.closeCode !== undefined || next.frames.length > 0);
    return next.closeCode === undefined;
  });
});

test.each([
  ['an empty text', { text: ' ' }],
  ['a text that is too long', { text: 'x'.repeat(4001) }],
  ['a field nobody knows', { shout: true }],
  ['half a character', { text: '\ud800' }],
  ['no text', { text: undefined }],
])('C7: a send that is refused for %s is answered with its clientId and room', async (_, wrong) => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  ada.send({ type: 'send', room: 'lobby', text: 'hi', clientId: 'c1', ...wrong });
  const error = await waitFor(() => ada.frames.find(({ type }) => type === 'error'));
  expect(error).toMatchObject({ code: 'invalid_frame', room: 'lobby', clientId: 'c1' });
});

test('C7: what a refused frame names is repeated only where it is a name', async () => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  ada.send({ type: 'send', room: 'no room', text: 'hi', clientId: 'c1' });
  ada.send({ type: 'send', room: 'x'.repeat(65), text: 'hi', clientId: 7 });
  ada.send({ type: 'join', room: 'lobby', offset: -1 });
  await waitFor(() => ada.frames.length === 3);
  const named = ada.frames.map((frame) => frame.type === 'error' && [frame.room, frame.clientId]);
  expect(named).toEqual([
    ['no room', 'c1'],
    [undefined, undefined],
    ['lobby', undefined],
  ]);
});

test('a reader that reads nothing is dropped; the others do not notice, and it recovers after a reconnect', async () => {
  const service = await startChat({ CHAT_MESSAGES_PER_MINUTE: '100000' });
  const cookie = await login(service, 'bob');
  const [ada, bob] = [await connect(service, await login(service, 'ada')), await connect(service, cookie)];
  const name = room();
  await ada.join(name);
  const { epoch } = await bob.join(name);
  bob.socket.pause();
  const dropped = async () =>
    (await (await fetch(`${service.url}/metrics`)).text()).includes('\nchat_dropped_total 1\n');
  let said = 0;
  // The kernel buffers some megabytes for it before messages wait here.
  while (!(await dropped())) {
    for (let i = 0; i < 250; i++, said++) {
      ada.send({ type: 'send', room: name, text: 'x'.repeat(4000), clientId: `${said}` });
    }
    await waitFor(() => ada.texts().length === said, { timeoutMs: 20_000 });
    if (said > 20_000) throw new Error('never dropped');
  }
  bob.socket.resume();
  await waitFor(() => bob.closeCode !== undefined, { timeoutMs: 20_000 });
  const again = await connect(service, cookie);
  const { recovered, offset } = await again.join(name, { epoch, offset: 0 });
  expect([recovered, offset]).toEqual([false, said]);
  expect(ada.closeCode).toBeUndefined();
});

test('a shutdown closes sockets with 1012', async () => {
  const service = await startChat();
  const ada = await connect(service, await login(service, 'ada'));
  await service.close({ drainMs: 0 });
  await waitFor(() => ada.closeCode === 1012);
});

test('Redis killed and restarted under traffic: nothing acknowledged is lost, doubled or out of order', async () => {
  // The tries during a slow load of Redis must stay within a minute's limit.
  const service = await startChat({ CHAT_MESSAGES_PER_MINUTE: '100000' });
  const ada = await connect(service, await login(service, 'ada'));
  const name = room();
  await ada.join(name);
  const acknowledged = (): number => ada.frames.filter((f) => f.type === 'sent').length;
  ada.send({ type: 'send', room: name, text: 'before', clientId: 'a' });
  await waitFor(() => acknowledged() === 1);
  await redis.kill();
  ada.send({ type: 'send', room: name, text: 'during', clientId: 'b' });
  const refused = await waitFor(() => ada.frames.find((f) => f.type === 'error'));
  expect(refused).toMatchObject({ code: 'unavailable', clientId: 'b' });
  await redis.restart();
  await waitFor(
    () => {
      if (acknowledged() < 2) ada.send({ type: 'send', room: name, text: 'after', clientId: 'c' });
      return acknowledged() >= 2;
    },
    { timeoutMs: 20_000 },
  );
  await waitFor(() => ada.texts().includes('after'));
  expect([...new Set(ada.texts())]).toEqual(ada.texts());
  expect(ada.texts()).toEqual(['before', 'after']);
}, 60_000);
