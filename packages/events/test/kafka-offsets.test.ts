import { randomUUID } from 'node:crypto';
import { obtainKafka, startRedis, type TestKafka, waitFor as waitForLong } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { type AnyEvent, newEvent, RedisDeadLetters } from '../src/index.js';
import { KAFKA_CLIENT_NAMES, type KafkaOptions, KafkaTransport } from '../src/kafka/index.js';
import { topicOf } from '../src/kafka/topic.js';

const waitFor: typeof waitForLong = (condition) => waitForLong(condition, { timeoutMs: 60_000 });
const never = () => new Promise<void>(() => undefined);
const startKafka = await obtainKafka();
let kafka: TestKafka;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let admin: Admin;

beforeAll(async () => {
  if (startKafka === undefined) return;
  [kafka, server] = await Promise.all([startKafka(), startRedis()]);
  redis = new Redis(server.url);
  admin = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
}, 120_000);
afterAll(async () => {
  redis?.disconnect();
  await admin?.disconnect();
  await Promise.all([kafka?.stop(), server?.stop()]);
});

(startKafka === undefined ? describe.skip : describe).each(KAFKA_CLIENT_NAMES)('offsets by %s', (client) => {
  const open = () => {
    const prefix = `hf:${randomUUID()}:`;
    const reported: string[] = [];
    const report = (error: unknown) => void reported.push(String(error));
    const transport = (options: Partial<KafkaOptions> = {}) =>
      new KafkaTransport(redis, { prefix, brokers: [kafka.brokers], client, backOffMs: 1, report, ...options });
    const publish = async (...events: AnyEvent[]) => {
      const pipeline = redis.pipeline();
      for (const event of events) pipeline.xadd(`${prefix}events`, '*', 'event', JSON.stringify(event));
      await pipeline.exec();
    };
    const subscribe = (
      to: KafkaTransport,
      handle: (event: AnyEvent) => Promise<void> = async () => undefined,
      group = 'auth',
    ) => to.subscribe({ group, types: ['todo.added'], handle });
    const topic = topicOf(prefix);
    /** The number of events that a group has not committed, by the broker's offsets. */
    const brokerLag = async (group = 'auth') => {
      const [ofGroup] = await admin.fetchOffsets({ groupId: `${topic}.${group}`, topics: [topic] });
      const ends = await admin.fetchTopicOffsets(topic);
      const committed = new Map(ofGroup?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      return ends.reduce(
        (sum, { partition, high }) => sum + Number(high) - Math.max(committed.get(partition) ?? 0, 0),
        0,
      );
    };
    return {
      prefix,
      topic,
      transport,
      publish,
      subscribe,
      brokerLag,
      reported,
      letters: new RedisDeadLetters(redis, prefix),
    };
  };
  const todo = (key: string) => newEvent('todo.added', { key, data: { todoId: randomUUID(), name: 'ada' } });

  test('C8: texts that are no events share a partition, so that no try of the client stores one twice', async () => {
    const { prefix, topic, transport, subscribe, letters } = open();
    for (let n = 0; n < 12; n++) await redis.xadd(`${prefix}events`, '*', 'event', `{"half":${n}`);
    const running = await subscribe(transport());
    await waitFor(async () => (await letters.count()) === 12);
    const ends = await admin.fetchTopicOffsets(topic);
    expect(ends.flatMap(({ partition, high }) => (high === '0' ? [] : [[partition, high]]))).toEqual([[0, '12']]);
    await running.close();
  }, 90_000);

  test('C3: with a hung handler, events_lag is what the broker says', async () => {
    const { transport, publish, subscribe, brokerLag } = open();
    const hanging = transport({ handlerTimeoutMs: 8_000 });
    await publish(...Array.from({ length: 51 }, () => todo('hung')));
    const running = await subscribe(hanging, never);
    // At first the events wait in the outbox, and the broker knows neither the topic nor the group.
    await waitFor(async () => (await brokerLag().catch(() => 0)) === 51);
    await waitFor(() => hanging.metrics().lag === 51);
    await running.close();
  }, 90_000);

  test('C3: after rebalances, the processes of a group together say what the broker says: nothing when all is handled', async () => {
    const { transport, publish, subscribe, brokerLag } = open();
    const transports = [transport(), transport(), transport()];
    let handled = 0;
    const handle = async () => {
      handled++;
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    const running = [];
    const total = 1_600;
    for (const each of transports) {
      await publish(...Array.from({ length: 400 }, (_, n) => todo(`user-${n % 20}`)));
      running.push(await subscribe(each, handle));
      await waitFor(() => handled > 100 * running.length);
    }
    await publish(...Array.from({ length: 400 }, (_, n) => todo(`user-${n % 20}`)));
    await running[0]?.close();
    await waitFor(() => handled >= total);
    await waitFor(async () => (await brokerLag()) === 0);
    await waitFor(() => transports.every((each) => each.metrics().lag === 0));
    await Promise.all(running.map((each) => each.close()));
  }, 120_000);

  test('C2: a member with a hung handler is not expelled, and another member gets the other partitions', async () => {
    const { transport, publish, subscribe, reported } = open();
    const seen = { one: new Set<string>(), two: new Set<string>() };
    let hung = 0;
    const handle =
      (by: 'one' | 'two') =>
      async ({ id, key }: AnyEvent) => {
        if (key !== 'hung') return void seen[by].add(id);
        hung++;
        await never();
      };
    // Longer than a member may be silent.
    const options = { handlerTimeoutMs: 15_000 };
    const one = await subscribe(transport(options), handle('one'));
    await publish(todo('hung'));
    await waitFor(() => hung === 1);
    const two = await subscribe(transport(options), handle('two'));
    const expected = new Set<string>();
    const until = performance.now() + 13_000;
    while (performance.now() < until) {
      const events = Array.from({ length: 20 }, (_, n) => todo(`user-${n}`));
      await publish(...events);
      for (const { id } of events) expected.add(id);
      await waitFor(() => [...expected].every((id) => seen.one.has(id) || seen.two.has(id)));
    }
    expect(seen.one.size).toBeGreaterThan(0);
    expect(seen.two.size).toBeGreaterThan(0);
    expect(reported.join()).not.toMatch(/not aware of this member|UNKNOWN_MEMBER/i);
    await Promise.all([one.close(), two.close()]);
  }, 120_000);

  test('C9: an event above the broker’s limit becomes a dead letter, and blocks nothing', async () => {
    const { prefix, transport, publish, subscribe, letters, reported } = open();
    const seen: string[] = [];
    const [before, after] = [todo('ada'), todo('ada')];
    await publish(before);
    await redis.xadd(`${prefix}events`, '*', 'event', 'x'.repeat(1_500_000));
    await publish(after);
    const carrier = transport();
    const running = await subscribe(carrier, async ({ id }) => void seen.push(id));
    await waitFor(() => seen.length === 2);
    expect(seen).toEqual([before.id, after.id]);
    expect(await letters.list()).toMatchObject([
      { group: '*', reason: expect.stringMatching(/^Kafka refuses the event/) },
    ]);
    expect(await redis.xlen(`${prefix}events`)).toBe(0);
    expect(carrier.metrics()).toMatchObject({ deadLettered: 1 });
    expect(reported.join()).toMatch(/An event of 1500000 bytes is a dead letter/);
    await running.close();
  }, 90_000);

  test('C9: events that are small enough alone and too big together are sent in smaller batches', async () => {
    const { topic, transport, publish, subscribe, letters } = open();
    const configEntries = [{ name: 'max.message.bytes', value: '2000' }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
    const events = Array.from({ length: 200 }, (_, n) => todo(`user-${n % 7}`));
    await publish(...events);
    const seen: string[] = [];
    const running = await subscribe(transport(), async ({ id }) => void seen.push(id));
    await waitFor(() => new Set(seen).size === events.length);
    expect(await letters.count()).toBe(0);
    await running.close();
  }, 90_000);

  test('C9: events that Kafka deletes before the group is given them are counted and reported', async () => {
    const { topic, transport, publish, subscribe, reported } = open();
    const before: string[] = [];
    const first = await subscribe(transport(), async ({ id }) => void before.push(id));
    // This group goes on, so that events get into Kafka.
    const other: string[] = [];
    const elsewhere = await subscribe(transport(), async ({ id }) => void other.push(id), 'chat');
    await publish(todo('ada'));
    // A group without a position would begin with the topic's oldest event and would have lost nothing.
    await waitFor(() => other.length === 1 && before.length === 1);
    await first.close();
    await publish(...Array.from({ length: 30 }, () => todo('ada')));
    await waitFor(() => other.length === 31);
    const { partition, high } = (await admin.fetchTopicOffsets(topic)).find((each) => Number(each.high) > 0) ?? {};
    const offset = `${Number(high) - 10}`;
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: partition ?? 0, offset }] });
    const seen: string[] = [];
    const late = transport();
    const running = await subscribe(late, async ({ id }) => void seen.push(id));
    await waitFor(() => seen.length === 10);
    expect(late.metrics().lost).toBe(20);
    expect(reported.join()).toMatch(/Kafka has deleted 20 events/);
    await Promise.all([running.close(), elsewhere.close()]);
  }, 120_000);

  test('C11: a broker that nobody serves is named at the first start, later it is an outage', async () => {
    const { transport } = open();
    const wrong = transport({ brokers: ['127.0.0.1:1'] });
    await expect(wrong.checkFirstStart()).rejects.toThrow(/KAFKA_BROKERS.*127\.0\.0\.1:1.*ECONNREFUSED/);
    await transport().checkFirstStart();
    const { prefix, reported, transport: again } = open();
    await redis.set(`${prefix}events:kafka:reached`, '127.0.0.1:1');
    await again({ brokers: ['127.0.0.1:1'] }).checkFirstStart();
    expect(reported.join()).toMatch(/KAFKA_BROKERS.*ECONNREFUSED/);
  }, 60_000);
});
