import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { Redis } from 'ioredis';
import { type EventOf, newEvent, RedisDeadLetters } from '../src/index.js';
import { connectEvents } from '../src/nest/index.js';
import { RedisStreamsTransport } from '../src/redis-streams/index.js';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const heard: string[] = [];

@Controller()
class Hearing {
  @EventPattern('todo.completed')
  async completed(@Payload() event: EventOf<'todo.completed'>): Promise<void> {
    heard.push(`${event.data.name} finished a todo`);
  }

  @EventPattern('user.registered')
  async registered(@Payload() _event: EventOf<'user.registered'>): Promise<void> {
    throw new Error('cannot');
  }
}

@Module({ controllers: [Hearing] })
class HearingModule {}

test('handlers are plain @EventPattern methods that do not know the transport', async () => {
  const app = await NestFactory.create(HearingModule, { logger: false });
  const transport = new RedisStreamsTransport(redis, { prefix: 'hf:', backOffMs: 1 });
  await connectEvents(app, transport, 'hearing');
  await app.init();
  const events = [
    newEvent('user.registered', { key: 'u1', data: { name: 'ada' } }),
    newEvent('todo.completed', { key: 'u1', data: { todoId: 't1', name: 'ada' } }),
  ];
  for (const event of events) await redis.xadd('hf:events', '*', 'event', JSON.stringify(event));
  await waitFor(() => heard.length === 1);
  expect(heard).toEqual(['ada finished a todo']);
  expect(await new RedisDeadLetters(redis, 'hf:').list()).toMatchObject([{ group: 'hearing' }]);
  expect(transport.metrics()).toMatchObject({ handled: 1, retried: 4, deadLettered: 1 });
  await app.close();
});
