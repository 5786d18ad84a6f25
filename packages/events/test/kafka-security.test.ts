import { randomUUID } from 'node:crypto';
import { obtainKafka, startRedis, type TestKafka, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { newEvent } from '../src/index.js';
import { KAFKA_CLIENT_NAMES, type KafkaOptions, KafkaTransport, SASL_MECHANISMS } from '../src/kafka/index.js';

const startKafka = await obtainKafka();
const account = { username: 'ada', password: 'not-to-be-seen' };
let kafka: TestKafka;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;

beforeAll(async () => {
  if (startKafka === undefined) return;
  [kafka, server] = await Promise.all([startKafka({ account }), startRedis()]);
  redis = new Redis(server.url);
}, 120_000);
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([kafka?.stop(), server?.stop()]);
});

(startKafka === undefined ? describe.skip : describe).each(KAFKA_CLIENT_NAMES)('SASL_SSL by %s', (client) => {
  const open = (options: Partial<KafkaOptions>) => {
    const prefix = `hf:${randomUUID()}:`;
    const reported: string[] = [];
    const report = (error: unknown) => void reported.push(String(error));
    const transport = new KafkaTransport(redis, { prefix, brokers: [kafka.brokers], client, report, ...options });
    return { prefix, transport, reported };
  };

  test.each(SASL_MECHANISMS)(
    'C10: events pass a broker that wants TLS and an account, by %s',
    async (mechanism) => {
      const { prefix, transport } = open({ ssl: { ca: kafka.ca ?? '' }, sasl: { mechanism, ...account } });
      await transport.check();
      const seen: string[] = [];
      const running = await transport.subscribe({
        group: 'auth',
        types: ['todo.added'],
        handle: async ({ id }) => void seen.push(id),
      });
      const event = newEvent('todo.added', { key: 'ada', data: { todoId: '1', name: 'ada' } });
      await redis.xadd(`${prefix}events`, '*', 'event', JSON.stringify(event));
      await waitFor(() => seen.length === 1, { timeoutMs: 40_000 });
      await running.close();
    },
    90_000,
  );

  test.each([
    ['a wrong password', { sasl: { mechanism: 'scram-sha-512', username: 'ada', password: 'not-to-be-seen-either' } }],
    ['a certificate that is not trusted', { ssl: true }],
    ['no TLS', { ssl: false }],
    ['no account', { sasl: undefined }],
  ] as Array<[string, Partial<KafkaOptions>]>)(
    'C10: with %s the check fails with a reason, which holds no secret',
    async (_, wrong) => {
      const right = { ssl: { ca: kafka.ca ?? '' }, sasl: { mechanism: 'plain' as const, ...account } };
      const { transport, reported } = open({ ...right, ...wrong });
      const error = await transport.check().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      expect(`${error} ${reported.join()}`).not.toContain('not-to-be-seen');
    },
    60_000,
  );
});
