import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedisCluster, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cluster, Command, type Redis } from 'ioredis';
import { type AnyEvent, addToOutbox, newEvent, Outbox, RedisDeadLetters, readEvent } from '../src/index.js';
import { type RedisStreamsOptions, RedisStreamsTransport } from '../src/redis-streams/index.js';
import { eventTransportContract } from './event-transport.contract.js';

/** A master needs time to come back, and the cluster trusts it a few seconds later. */
const patience = { timeoutMs: 40_000 };
let server: TestRedisCluster;
let cluster: Cluster;

beforeAll(async () => {
  server = await startRedisCluster(['--appendfsync', 'always']);
  cluster = await server.connect();
}, 60_000);
afterAll(async () => {
  cluster?.disconnect();
  await server?.stop();
});

const open = (prefix = `hf:${randomUUID()}:`) => {
  const outbox = new Outbox(cluster, prefix);
  const write = (text: string) => {
    const read = readEvent(text);
    return cluster.xadd(outbox.key(read.ok ? read.event.key : text), '*', 'event', text);
  };
  return {
    outbox,
    transport: (options: Partial<RedisStreamsOptions> = {}) =>
      new RedisStreamsTransport(cluster, { prefix, backOffMs: 1, ...options }),
    deadLetters: new RedisDeadLetters(cluster, prefix),
    publish: write,
  };
};
const todo = (key: string) => newEvent('todo.added', { key, data: { todoId: randomUUID(), name: key } });
const users = Array.from({ length: 60 }, (_, n) => `user-${n}`);
const slotOf = (key: string) => new Command('get', [key]).getSlot();

/** Writes state and event as a service does, until Redis confirms: during an outage the same event again. */
const change = (outbox: Outbox, event: AnyEvent) =>
  waitFor(async () => {
    const state = `${outbox.prefix}state:${outbox.tag(event.key)}${event.key}`;
    const transaction = (cluster as unknown as Redis).multi().set(state, event.id);
    return addToOutbox(transaction, outbox, event)
      .exec()
      .then(
        () => true,
        () => false,
      );
  }, patience);

eventTransportContract('Redis Streams on a Redis Cluster', async () => open());

test('every event that is written with its change arrives, whichever master has it', async () => {
  const { outbox, transport } = open();
  const events = users.map(todo);
  for (const event of events) await change(outbox, event);
  const spread = await Promise.all(cluster.nodes('master').map((node) => node.keys(`${outbox.prefix}events:*`)));
  for (const streams of spread) expect(streams.length).toBeGreaterThan(0);
  const seen = new Set<string>();
  const carrier = transport();
  const running = await carrier.subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => void seen.add(id),
  });
  await waitFor(() => seen.size === events.length, patience);
  expect(seen).toEqual(new Set(events.map(({ id }) => id)));
  expect(carrier.metrics()).toMatchObject({ handled: events.length });
  await running.close();
}, 90_000);

test('an operator lists and replays the dead letters of all streams', async () => {
  const { outbox, transport, deadLetters } = open();
  let mended = false;
  const seen = new Set<string>();
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ key }) => {
      if (!mended) throw new Error('broken');
      seen.add(key);
    },
  });
  const poisoned = users.slice(0, 8);
  for (const user of poisoned) await change(outbox, todo(user));
  await waitFor(async () => (await deadLetters.list()).length === poisoned.length, patience);
  expect(await deadLetters.list(3)).toHaveLength(3);
  const command = fileURLToPath(new URL('../dist/dead-letters/dead-letters-cli.js', import.meta.url));
  const run = async (...args: string[]) => {
    const env = { ...process.env, REDIS_URL: server.url, KEY_PREFIX: outbox.prefix };
    return (await promisify(execFile)(process.execPath, [command, ...args], { env })).stdout.trim().split('\n');
  };
  const listed = (await run('list')).map((line) => JSON.parse(line) as { id: string; reason: string });
  expect(new Set(listed.map(({ id }) => id)).size).toBe(poisoned.length);
  expect(listed.every(({ id, reason }) => /^\d+:\d+-\d+$/.test(id) && reason === 'broken')).toBe(true);
  mended = true;
  expect(await run('replay', '--all')).toHaveLength(poisoned.length);
  await waitFor(() => seen.size === poisoned.length, patience);
  expect(await deadLetters.list()).toEqual([]);
  await running.close();
}, 90_000);

test('a frozen master holds up its own events and no others', async () => {
  const { outbox, transport } = open();
  const seen: string[] = [];
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ key }) => void seen.push(key),
  });
  for (const user of users) await change(outbox, todo(user));
  await waitFor(() => seen.length === users.length, patience);
  const [frozen] = server.nodes;
  const master = (user: string) => cluster.slots[slotOf(outbox.key(user))]?.[0];
  const held = users.find((user) => master(user) === `127.0.0.1:${frozen?.port}`) ?? '';
  const free = users.find((user) => master(user) !== `127.0.0.1:${frozen?.port}`) ?? '';
  frozen?.pause();
  try {
    await change(outbox, todo(free));
    await waitFor(() => seen.length === users.length + 1, patience);
    expect(seen.at(-1)).toBe(free);
  } finally {
    frozen?.resume();
  }
  await change(outbox, todo(held));
  await waitFor(() => seen.length === users.length + 2, patience);
  await running.close();
}, 90_000);

test('a master killed and restarted: consumers go on by themselves, and nothing is lost', async () => {
  const { outbox, transport } = open();
  const seen = new Set<string>();
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => void seen.add(id),
  });
  const before = users.map(todo);
  for (const event of before) await change(outbox, event);
  const [killed] = server.nodes;
  await killed?.kill();
  await killed?.restart();
  const after = users.map(todo);
  for (const event of after) await change(outbox, event);
  await waitFor(() => seen.size === before.length + after.length, patience);
  expect(seen).toEqual(new Set([...before, ...after].map(({ id }) => id)));
  await running.close();
}, 120_000);

test('a stream whose slot moves to another master is read there', async () => {
  const { outbox, transport } = open();
  const seen: string[] = [];
  const running = await transport().subscribe({
    group: 'auth',
    types: ['todo.added'],
    handle: async ({ id }) => void seen.push(id),
  });
  const [before, after] = [todo('ada'), todo('ada')];
  await change(outbox, before);
  await waitFor(() => seen.length === 1, patience);
  await server.moveSlot(outbox.key('ada'));
  await change(outbox, after);
  await waitFor(() => seen.length === 2, patience);
  expect(seen).toEqual([before.id, after.id]);
  await running.close();
}, 90_000);
