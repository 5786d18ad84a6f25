import { startRedis } from '@holdfast/testing';
import { afterAll, beforeAll } from '@jest/globals';
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
