import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Redis } from 'ioredis';
import { createGenerator } from 'json-schema-faker';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { Client, until } from '../security/clients.js';
import { findRedisBinary, HOW_TO_GET_REDIS, type RedisServer, startRedisServer } from '../src/index.js';
import { type RunningSystem, startSystem } from '../test/support/running-system.js';

const repository = join(import.meta.dirname, '../..');
const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
const generator = createGenerator({ seed: 1 });
const chat = shapesOf('apps/chat/asyncapi.yaml');
const clientFrames = ['join', 'send', 'history', 'leave'] as const;

let scratch: string;
let redis: RedisServer;
let system: RunningSystem;
/** The text of every event that was put into a stream. */
const events: string[] = [];
let monitor: Redis;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
  const binary = findRedisBinary();
  if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
  redis = await startRedisServer({ binary, dir: scratch, temporary: true });
  monitor = await new Redis(redis.port).monitor();
  monitor.on('monitor', (_time: string, command: readonly string[]) => {
    const at = command.indexOf('event');
    if (command[0]?.toLowerCase() === 'xadd' && at > 0) events.push(command[at + 1] ?? '');
  });
  const env = { LOG_LEVEL: 'warn', REDIS_URL: redis.url };
  system = await startSystem(['--scenarios', 'round-robin-cached'], join(scratch, 'data'), env);
}, 120_000);

afterAll(async () => {
  await system?.stop();
  monitor?.disconnect();
  await redis?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('generated frames: the chat takes what fits asyncapi.yaml, and answers with frames that fit it', async () => {
  const { socket, frames } = await open((await new Client(system.url).register()).cookie);
  const rooms = await Promise.all(['a', 'b'].map(async () => (await generated('join')).room));
  const sent: string[] = [];
  for (let n = 0; n < 40; n += 1) {
    const type = clientFrames[n % clientFrames.length] ?? 'join';
    const frame = { ...(await generated(type)), room: rooms[Math.floor(n / 8) % 2] };
    socket.send(JSON.stringify(frame));
    sent.push(type);
    await until(`frame ${n} is answered: ${JSON.stringify(frame)}`, () => answersOf(frames).length > n);
  }
  socket.send(JSON.stringify({ type: 'join', room: rooms[0] }));
  await until('presence is told', () => frames.some(({ type }) => type === 'presence'));
  expect(mistakesOf(frames)).toEqual([]);
  const refused = frames.filter(({ type, code }) => type === 'error' && code !== 'not_joined');
  expect(refused).toEqual([]);
  expect(new Set(frames.map(({ type }) => type))).toEqual(
    new Set(['joined', 'sent', 'message', 'presence', 'history', 'left']),
  );
  socket.terminate();
});

test('generated frames: the chat refuses what does not fit, and says so in a frame that fits', async () => {
  const { socket, frames } = await open((await new Client(system.url).register()).cookie);
  const wrong: object[] = [{}, { type: 'shout' }];
  for (const type of clientFrames) {
    const frame = await generated(type);
    wrong.push({ ...frame, unheardOf: true });
    const required = (chat(`client-${type}`).schema as AnySchemaObject).required as string[];
    for (const field of required) wrong.push({ ...frame, [field]: undefined }, { ...frame, [field]: { not: 'this' } });
  }
  for (const frame of wrong) {
    const text = JSON.stringify(frame);
    const fits = clientFrames.filter((type) => chat(`client-${type}`)(JSON.parse(text)));
    expect([text, fits]).toEqual([text, []]);
    socket.send(text);
  }
  await until('all are answered', () => frames.length >= wrong.length);
  expect(frames.map(({ type, code }) => `${type} ${code}`)).toEqual(wrong.map(() => 'error invalid_frame'));
  expect(mistakesOf(frames)).toEqual([]);
  socket.terminate();
});

test('every event that the services tell fits asyncapi.yaml of the events', async () => {
  const client = new Client(system.url);
  const { cookie } = await client.register();
  const todo = JSON.parse((await client.send('POST', '/todos', { cookie, body: { title: 'one' } })).text);
  await client.send('PATCH', `/todos/${todo.id}`, { cookie, body: { done: true } });
  const { socket } = await open(cookie);
  socket.send(JSON.stringify({ type: 'join', room: 'events' }));
  socket.send(JSON.stringify({ type: 'send', room: 'events', text: 'hello', clientId: '1' }));
  const shapes = shapesOf('packages/events/asyncapi.yaml');
  const types = () => new Set(events.map((text) => String(JSON.parse(text).type)));
  await until('the message is told', () => types().has('message.posted'));
  await client.send('POST', '/auth/logout', { cookie });
  const provoked = [
    ...['user.registered', 'session.started', 'session.ended'],
    ...['todo.added', 'todo.completed', 'message.posted'],
  ];
  await until('every type is told', () => provoked.every((name) => types().has(name)));
  const mistakes = events.flatMap((text) => {
    const event = JSON.parse(text);
    const shape = shapes(event.type);
    return shape(event) ? [] : [`${text}: ${ajv.errorsText(shape.errors)}`];
  });
  expect(mistakes).toEqual([]);
});

interface Frame {
  readonly type: string;
  readonly code?: string;
}

/** The checks of a document's messages, by their names. */
function shapesOf(path: string) {
  const { messages } = parse(readFileSync(join(repository, path), 'utf8')).components;
  const checks = new Map(
    Object.entries(messages).map(([name, message]) => [name, ajv.compile((message as { payload: object }).payload)]),
  );
  const check = (name: string) => {
    const found = checks.get(name);
    if (found === undefined) throw new Error(`${path} describes no ${name}`);
    return found;
  };
  return check;
}

async function generated(type: (typeof clientFrames)[number]): Promise<{ readonly room: string }> {
  return (await generator.generate(chat(`client-${type}`).schema as AnySchemaObject)) as { room: string };
}

/** What the server answered to our own frames; other frames come by themselves. */
function answersOf(frames: readonly Frame[]): Frame[] {
  return frames.filter(({ type }) => type !== 'message' && type !== 'presence');
}

function mistakesOf(frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => {
    const check = chat(`server-${frame.type}`);
    return check(frame) ? [] : [`${JSON.stringify(frame)}: ${ajv.errorsText(check.errors)}`];
  });
}

async function open(cookie: string) {
  const socket = new WebSocket(`${system.url.replace('http', 'ws')}/chat/socket`, {
    headers: { cookie, origin: system.url },
  });
  const frames: Frame[] = [];
  socket.on('message', (text) => frames.push(JSON.parse(String(text))));
  await until('the socket is open', () => socket.readyState === WebSocket.OPEN);
  return { socket, frames };
}
