import { startRedis } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisTodoRepository } from '../src/todos/redis-todo.repository.js';
import { todoRepositoryContract } from '../src/todos/todo-repository.contract.js';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let round = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

todoRepositoryContract('Redis', () => {
  round += 1;
  return new RedisTodoRepository(redis, `test:${round}:`);
});

test('leaves nothing in Redis of a user who has removed all their todos', async () => {
  const todos = new RedisTodoRepository(redis, 'emptied:');
  for (const id of ['a', 'b']) {
    await todos.add('ada', { id, title: id, done: false, createdAt: '2026-11-21T00:00:00.000Z' }, 5);
  }
  for (const id of ['a', 'b']) await todos.remove('ada', id);
  expect(await redis.keys('emptied:*')).toEqual([]);
});
