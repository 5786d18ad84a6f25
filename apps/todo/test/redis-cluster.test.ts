import { addToOutbox, newEvent, Outbox, type Running } from '@holdfast/events';
import { RedisStreamsTransport } from '@holdfast/events/redis-streams';
import type { RunningService } from '@holdfast/service';
import { startRedisCluster, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import { startLogins, startTodo } from './support.js';

const patience = { timeoutMs: 40_000 };
const names = Array.from({ length: 12 }, (_, n) => `user-${n}`);
let cluster: TestRedisCluster;
let client: Cluster;
let logins: Awaited<ReturnType<typeof startLogins>>;
let one: RunningService;
let two: RunningService;
let listening: Running;
/** The events that another service's handler receives. */
const heard: string[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster();
  client = await cluster.connect();
  logins = await startLogins(client as unknown as Redis);
  [one, two] = await Promise.all([startTodo(cluster.url), startTodo(cluster.url)]);
  listening = await new RedisStreamsTransport(client, { prefix: 'hf:' }).subscribe({
    group: 'another-service',
    types: ['todo.added', 'todo.completed'],
    handle: async ({ type, key }) => void heard.push(`${type} ${key}`),
  });
}, 90_000);

afterAll(async () => {
  await listening?.close();
  await Promise.all([one?.close(), two?.close()]);
  await logins?.close();
  client?.disconnect();
  await cluster?.stop();
});

async function send(service: RunningService, method: string, path: string, cookie: string, body?: unknown) {
  const headers = { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json().catch(() => undefined)) as unknown };
}

test('keeps the todos of users on all masters, and tells the other services of each change', async () => {
  for (const name of names) {
    const cookie = await logins.login(name);
    const added = await send(one, 'POST', '/todos', cookie, { title: 'water the plants' });
    expect(added.status).toBe(201);
    const todo = added.body as { id: string };
    expect((await send(two, 'PATCH', `/todos/${todo.id}`, cookie, { done: true })).status).toBe(200);
    expect(await send(one, 'GET', '/todos', cookie)).toMatchObject({ status: 200, body: { todos: [{ done: true }] } });
  }
  const lists = await Promise.all(client.nodes('master').map((node) => node.keys('hf:todo:list:*')));
  expect(lists.map((keys) => keys.length).filter((count) => count > 0)).toHaveLength(3);
  const expected = names.flatMap((name) => [`todo.added id-of-${name}`, `todo.completed id-of-${name}`]);
  await waitFor(() => heard.length >= expected.length, patience);
  expect([...heard].sort()).toEqual(expected.sort());
}, 90_000);

test('receives a new user from another service, whose slot that is, and gives them a first todo once', async () => {
  const registered = newEvent('user.registered', { key: 'id-of-eve', data: { name: 'eve' } });
  const outbox = new Outbox(client, 'hf:');
  for (let twice = 0; twice < 2; twice++) {
    await addToOutbox((client as unknown as Redis).multi(), outbox, registered).exec();
  }
  const cookie = await logins.login('eve');
  const todosOfEve = async () => ((await send(two, 'GET', '/todos', cookie)).body as { todos: unknown[] }).todos.length;
  await waitFor(async () => (await todosOfEve()) > 0, patience);
  // Both events are of one user: once the last one is handled, the group has nothing left of the stream.
  await waitFor(async () => {
    const groups = (await client.xinfo('GROUPS', outbox.key('id-of-eve'))) as unknown[][];
    const todo = groups.find((group) => group.includes('todo')) ?? [];
    const field = (name: string) => todo[todo.indexOf(name) + 1];
    return field('pending') === 0 && field('lag') === 0;
  }, patience);
  expect(await todosOfEve()).toBe(1);
}, 90_000);
