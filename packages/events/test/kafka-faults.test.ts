import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { obtainKafka, startRedis, type TestKafka, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { addToOutbox, newEvent, Outbox } from '../src/index.js';
import { KafkaTransport } from '../src/kafka/index.js';

const startKafka = await obtainKafka();
/** A broker needs time to come back, and consumers then agree on their partitions again. */
const patience = { timeoutMs: 90_000 };
let kafka: TestKafka;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;

beforeAll(async () => {
  if (startKafka === undefined) return;
  [kafka, server] = await Promise.all([startKafka(), startRedis()]);
  redis = new Redis(server.url);
}, 120_000);
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([kafka?.stop(), server?.stop()]);
});

const open = () => {
  const prefix = `hf:${randomUUID()}:`;
  const transport = () => new KafkaTransport(redis, { prefix, brokers: [kafka.brokers], backOffMs: 1 });
  const write = (key: string, todoId: string) => {
    const event = newEvent('todo.added', { key, data: { todoId, name: key } });
    return addToOutbox(redis.multi().set(`${prefix}state:${key}`, todoId), new Outbox(redis, prefix), event).exec();
  };
  /** Does the work once for each event, and counts the times that would have been visible. */
  const subscribe = async () => {
    const done = new Map<string, string[]>();
    const known = new Set<string>();
    const running = await transport().subscribe({
      group: 'auth',
      types: ['todo.added'],
      handle: async ({ id, key, data }) => {
        if (known.has(id)) return;
        known.add(id);
        done.set(key, [...(done.get(key) ?? []), 'todoId' in data ? data.todoId : '']);
      },
    });
    return { done, running };
  };
  return { prefix, transport, write, subscribe };
};

(startKafka === undefined ? describe.skip : describe)('faults of Kafka', () => {
  test('Kafka ends and comes back under load: no write fails, no event is lost, each key keeps its order', async () => {
    const { prefix, write, subscribe } = open();
    const keys = ['ada', 'bob', 'cyd'];
    const written = new Map<string, string[]>(keys.map((key) => [key, []]));
    let going = true;
    const writers = keys.map(async (key) => {
      for (let i = 0; going; i++) {
        // Rejects when Redis does not confirm: then the test fails.
        await write(key, `${i}`);
        written.get(key)?.push(`${i}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const { done, running } = await subscribe();
    await waitFor(() => done.size === keys.length, patience);
    await kafka.down();
    const count = () => [...written.values()].flat().length;
    const atTheEnd = count();
    await waitFor(async () => count() > atTheEnd + 300, patience);
    expect(await redis.xlen(`${prefix}events`)).toBeGreaterThanOrEqual(300);
    await kafka.up();
    const whenBack = count();
    await waitFor(() => count() > whenBack + 30, patience);
    going = false;
    await Promise.all(writers);
    await waitFor(() => [...done.values()].flat().length >= count(), patience);
    expect(done).toEqual(written);
    expect(await redis.xlen(`${prefix}events`)).toBe(0);
    await running.close();
  }, 240_000);

  test('a consumer killed in the middle of a batch: another receives the rest in order, nothing is lost and nothing done twice', async () => {
    const { prefix, transport, write } = open();
    const source = `
      import { Redis } from 'ioredis';
      import { KafkaTransport } from '@holdfast/events/kafka';
      const { REDIS_URL, KAFKA_BROKERS, KEY_PREFIX } = process.env;
      const redis = new Redis(REDIS_URL);
      await new KafkaTransport(redis, { prefix: KEY_PREFIX, brokers: [KAFKA_BROKERS] }).subscribe({
        group: 'auth', types: ['todo.added'],
        handle: async ({ data }) => {
          await redis.rpush(KEY_PREFIX + 'given', data.todoId);
          if ((await redis.sadd(KEY_PREFIX + 'seen', data.todoId)) && (await redis.scard(KEY_PREFIX + 'seen')) === 7) process.kill(process.pid, 'SIGKILL');
        },
      });`;
    const env = { ...process.env, REDIS_URL: server.url, KAFKA_BROKERS: kafka.brokers, KEY_PREFIX: prefix };
    for (let i = 0; i < 30; i++) await write('ada', `${i}`);
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { env, stdio: 'inherit' });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    const running = await transport().subscribe({
      group: 'auth',
      types: ['todo.added'],
      handle: async ({ data }) => {
        const todoId = 'todoId' in data ? data.todoId : '';
        await redis.multi().rpush(`${prefix}given`, todoId).sadd(`${prefix}seen`, todoId).exec();
      },
    });
    await waitFor(async () => (await redis.scard(`${prefix}seen`)) === 30, patience);
    await running.close();
    const given = await redis.lrange(`${prefix}given`, 0, -1);
    // Positions are committed ten times a second: events handled since the last commit come again, and their ids make the second
    // copy harmless.
    const again = given.filter((todoId, i) => given.indexOf(todoId) !== i);
    expect(again).toEqual(given.slice(7 - again.length, 7));
    expect([...new Set(given)]).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`));
  }, 240_000);
});
