import { randomUUID } from 'node:crypto';
import { obtainKafka, startRedis, startRedisCluster, type TestKafka, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { newEvent, Outbox, RedisDeadLetters } from '../src/index.js';
import { type KafkaClientName, type KafkaOptions, KafkaTransport } from '../src/kafka/index.js';
import { eventTransportContract } from './event-transport.contract.js';

const startKafka = await obtainKafka();
let kafka: TestKafka;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;

beforeAll(async () => {
  if (startKafka === undefined) return;
  [kafka, server] = await Promise.all([startKafka(), startRedis()]);
  redis = new Redis(server.url, { retryStrategy: () => 20 });
  redis.on('error', () => undefined);
}, 120_000);
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([kafka?.stop(), server?.stop()]);
});

const open = ({ client, prefix = `hf:${randomUUID()}:` }: { client?: KafkaClientName; prefix?: string } = {}) => ({
  prefix,
  transport: (options: Partial<KafkaOptions> = {}) =>
    new KafkaTransport(redis, { prefix, brokers: [kafka.brokers], backOffMs: 1, client, ...options }),
  deadLetters: new RedisDeadLetters(redis, prefix),
  publish: (text: string) => redis.xadd(`${prefix}events`, '*', 'event', text),
});

// obtainKafka has printed the reason.
if (startKafka === undefined) test.skip('Kafka', () => undefined);
else {
  eventTransportContract('Kafka with kafkajs', async () => open());
  eventTransportContract('Kafka with @platformatic/kafka', async () => open({ client: 'platformatic' }));
}

(startKafka === undefined ? test.skip : test)(
  'Kafka receives the events of every stream of an outbox on a Redis Cluster',
  async () => {
    const servers = await startRedisCluster();
    const cluster = await servers.connect();
    const prefix = `hf:${randomUUID()}:`;
    const outbox = new Outbox(cluster, prefix);
    const deadLetters = new RedisDeadLetters(cluster, prefix);
    const users = Array.from({ length: 40 }, (_, n) => `user-${n}`);
    const seen = new Set<string>();
    const running = await new KafkaTransport(cluster, { prefix, brokers: [kafka.brokers], backOffMs: 1 }).subscribe({
      group: 'auth',
      types: ['todo.added'],
      handle: async ({ key }) => {
        if (key === 'user-7') throw new Error('cannot digest');
        seen.add(key);
      },
    });
    try {
      for (const key of users) {
        const event = newEvent('todo.added', { key, data: { todoId: '1', name: key } });
        await cluster.xadd(outbox.key(key), '*', 'event', JSON.stringify(event));
      }
      const patience = { timeoutMs: 60_000 };
      await waitFor(() => seen.size === users.length - 1, patience);
      await waitFor(async () => (await deadLetters.list()).length === 1, patience);
      await waitFor(async () => {
        const waiting = await Promise.all(outbox.streams.map((stream) => cluster.xlen(stream)));
        return waiting.every((events) => events === 0);
      }, patience);
      expect(await deadLetters.list()).toMatchObject([{ group: 'auth', reason: 'cannot digest' }]);
    } finally {
      await running.close();
      cluster.disconnect();
      await servers.stop();
    }
  },
  180_000,
);
