import { randomUUID } from 'node:crypto';
import { obtainKafka, startRedis, type TestKafka } from '@holdfast/testing';
import { afterAll, beforeAll, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisDeadLetters } from '../src/index.js';
import { KafkaTransport } from '../src/kafka/index.js';
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

const open = (prefix = `hf:${randomUUID()}:`) => ({
  prefix,
  transport: () => new KafkaTransport(redis, { prefix, brokers: [kafka.brokers], backOffMs: 1 }),
  deadLetters: new RedisDeadLetters(redis, prefix),
  publish: (text: string) => redis.xadd(`${prefix}events`, '*', 'event', text),
});

// Said loudly above.
if (startKafka === undefined) test.skip('Kafka', () => undefined);
else eventTransportContract('Kafka', async () => open());
