import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { addToOutbox, newEvent, Outbox, RedisDeadLetters } from '../src/index.js';
import { type RedisStreamsOptions, RedisStreamsTransport } from '../src/redis-streams/index.js';
import { eventTransportContract } from './event-transport.contract.js';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { retryStrategy: () => 20 });
  redis.on('error', () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const open = (prefix = `hf:${randomUUID()}:`) => ({
  prefix,
  transport: (options: Partial<RedisStreamsOptions> = {}) =>
    new RedisStreamsTransport(redis, { prefix, backOffMs: 1, ...options }),
  deadLetters: new RedisDeadLetters(redis, prefix),
  publish: (text: string) => redis.xadd(`${prefix}events`, '*', 'event', text),
});
const todo = () => newEvent('todo.added', { key: 'ada', data: { todoId: randomUUID(), name: 'ada' } });

eventTransportContract('Redis Streams', async () => open());

test('an event and the change that it reports are written together or not at all', async () => {
  const { prefix } = open();
  await addToOutbox(redis.multi().set(`${prefix}state`, 'new'), new Outbox(redis, prefix), todo()).exec();
  expect(await redis.xlen(`${prefix}events`)).toBe(1);
  const spoilt = addToOutbox(redis.multi().call('nonsense'), new Outbox(redis, prefix), todo()).exec();
  await expect(spoilt).rejects.toThrow();
  expect(await redis.xlen(`${prefix}events`)).toBe(1);
});

test('events of several keys are handled at the same time: a slow one holds up only its own user', async () => {
  const { transport, publish } = open();
  let finish: () => void = () => undefined;
  const seen: string[] = [];
  const [slow, behind, other] = ['ada', 'ada', 'bob'].map((key) => ({ ...todo(), key }));
  // All events are in the outbox before the first is read, so they are one batch.
  for (const event of [slow, behind, other]) await publish(JSON.stringify(event));
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => {
      if (id === slow?.id) await new Promise<void>((resolve) => (finish = resolve));
      seen.push(id);
    },
  });
  await waitFor(() => seen.length === 1);
  expect(seen).toEqual([other?.id]);
  finish();
  await waitFor(() => seen.length === 3);
  expect(seen).toEqual([other?.id, slow?.id, behind?.id]);
  await running.close();
});

test('an event that ends its process every time becomes a dead letter, and others are handled', async () => {
  const { prefix, transport, deadLetters, publish } = open();
  const stream = `${prefix}events`;
  const [poison, healthy] = [todo(), todo()];
  for (const event of [poison, healthy]) await publish(JSON.stringify(event));
  // The state after a consumer received both and died with the first in hand, and four more did the same.
  await redis.xgroup('CREATE', stream, 'auth', '0');
  await redis.xreadgroup('GROUP', 'auth', 'dead', 'STREAMS', stream, '>');
  const [first] = (await redis.xpending(stream, 'auth', '-', '+', 1)) as [[string]];
  await redis.xclaim(stream, 'auth', 'dead', 0, first[0], 'RETRYCOUNT', 5, 'JUSTID');
  const seen: string[] = [];
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => void seen.push(id),
  });
  await waitFor(() => seen.length > 0);
  expect(seen).toEqual([healthy.id]);
  expect(await deadLetters.list()).toMatchObject([{ reason: 'its consumer died every time' }]);
  await running.close();
});

test('events that every group has handled are removed, and no others', async () => {
  const { prefix, transport, publish } = open();
  const seen: string[] = [];
  const carrier = transport({ leaseMs: 300 });
  const running = await carrier.subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => void seen.push(id),
  });
  for (let i = 0; i < 40; i++) await publish(JSON.stringify(todo()));
  await waitFor(async () => seen.length === 40 && (await redis.xlen(`${prefix}events`)) <= 1);
  // What is behind is looked at every now and then.
  await waitFor(() => carrier.metrics().lag === 0);
  expect(carrier.metrics()).toMatchObject({ handled: 40 });
  await running.close();
  for (let i = 0; i < 5; i++) await publish(JSON.stringify(todo()));
  expect(await redis.xlen(`${prefix}events`)).toBeGreaterThanOrEqual(5);
});

test('a consumer killed in the middle of a batch: another receives the rest after its lease, nothing is lost', async () => {
  const { prefix, transport, publish } = open();
  const events = Array.from({ length: 30 }, todo);
  for (const event of events) await publish(JSON.stringify(event));
  const source = `
    import { Redis } from 'ioredis';
    import { RedisStreamsTransport } from '@holdfast/events/redis-streams';
    const redis = new Redis(process.env.REDIS_URL);
    let handled = 0;
    await new RedisStreamsTransport(redis, { prefix: process.env.KEY_PREFIX, leaseMs: 1000 }).subscribe({
      group: 'auth', types: ['todo.added'],
      handle: async ({ id }) => {
        await redis.sadd(process.env.KEY_PREFIX + 'seen', id);
        if (++handled === 7) process.kill(process.pid, 'SIGKILL');
      },
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, REDIS_URL: server.url, KEY_PREFIX: prefix },
    stdio: 'inherit',
  });
  await new Promise((resolve) => child.once('exit', resolve));
  expect(await redis.scard(`${prefix}seen`)).toBe(7);

  let twice = 0;
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => {
      // The handler's own work is idempotent: a set holds each event's id once.
      if ((await redis.sadd(`${prefix}seen`, id)) === 0) twice++;
    },
  });
  await waitFor(async () => (await redis.scard(`${prefix}seen`)) === 30);
  await running.close();
  expect(await redis.smembers(`${prefix}seen`).then((ids) => ids.sort())).toEqual(events.map(({ id }) => id).sort());
  expect(twice).toBe(1);
});

test('Redis killed and restarted: consumers go on by themselves', async () => {
  const { transport, publish } = open();
  const seen: string[] = [];
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => void seen.push(id),
  });
  await publish(JSON.stringify(todo()));
  await waitFor(() => seen.length === 1);
  await server.kill();
  await server.restart();
  await waitFor(() => redis.status === 'ready');
  const after = todo();
  await publish(JSON.stringify(after));
  await waitFor(() => seen.includes(after.id));
  await running.close();
});

test('C8: the command lists pages, replays in bounded steps, and discards', async () => {
  const { prefix, transport, publish, deadLetters } = open();
  let mended = false;
  const seen = new Set<string>();
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => {
      if (!mended) throw new Error('broken');
      seen.add(id);
    },
  });
  for (let n = 0; n < 150; n++) await publish(JSON.stringify({ ...todo(), key: `user-${n}` }));
  await publish('garbage');
  await waitFor(async () => (await deadLetters.count()) === 151);
  const program = fileURLToPath(new URL('../dist/dead-letters/dead-letters-cli.js', import.meta.url));
  const run = async (...args: string[]) => {
    const env = { ...process.env, REDIS_URL: server.url, KEY_PREFIX: prefix };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], { env });
    return { lines: stdout.split('\n').slice(0, -1), said: stderr };
  };
  const first = await run('list');
  expect(first.lines).toHaveLength(100);
  const [, after = ''] = /100 of 151 dead letters; the next page: list --after (\S+)/.exec(first.said) ?? [];
  const second = await run('list', '--after', after);
  expect(second).toMatchObject({ said: '' });
  const ids = [...first.lines, ...second.lines].map((line) => (JSON.parse(line) as { id: string }).id);
  expect(new Set(ids).size).toBe(151);
  await expect(run('list', '--limit', 'x')).rejects.toThrow(/usage/);

  mended = true;
  expect(await run('replay', '--all', '--limit', '40')).toMatchObject({
    said: '111 dead letters are left: run it again\n',
  });
  const rest = await run('replay', '--all');
  expect(rest.lines).toHaveLength(110);
  expect(rest.said).toBe('1 hold no valid event and stay: discard --unreadable\n');
  await waitFor(() => seen.size === 150);

  const [garbage] = await deadLetters.list();
  await expect(run('replay', garbage?.id ?? '')).rejects.toThrow(/discard it/);
  expect(await run('discard', garbage?.id ?? '')).toMatchObject({ lines: [`discarded ${garbage?.id}`] });
  await expect(run('discard', garbage?.id ?? '')).rejects.toMatchObject({ code: 1 });
  expect(await run('discard', '--unreadable')).toMatchObject({ lines: ['discarded 0'] });
  expect((await run('list')).lines).toEqual([]);
  await running.close();
}, 60_000);
