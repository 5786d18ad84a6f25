/**
 * `npm run bench -- events`, first part: events a second with an empty handler, from the first to the last, for each transport and
 * Kafka client. From the outbox, with Kafka also for a group that reads what is in the topic already, beside the same client
 * without us, which reads the same records and commits by batch.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { newEvent } from '@holdfast/events';
import { KafkaTransport } from '@holdfast/events/kafka';
import { RedisStreamsTransport } from '@holdfast/events/redis-streams';
import { obtainKafka, startRedis, waitFor } from '@holdfast/testing';
import { Consumer } from '@platformatic/kafka';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

const EVENTS = 20_000;
const KEYS = 200;
const REPEATS = 3;

/** Resolves with the events a second between the first and the last. */
function stopwatch() {
  let [count, firstAt, lastAt] = [0, 0, 0];
  return {
    seen() {
      lastAt = performance.now();
      if (count++ === 0) firstAt = lastAt;
    },
    async perSecond() {
      await waitFor(() => count >= EVENTS, { timeoutMs: 120_000 });
      return Math.round(((EVENTS - 1) / (lastAt - firstAt)) * 1_000);
    },
  };
}

/** Writes the events into the outbox. */
async function fill(/** @type {Redis} */ redis, /** @type {string} */ stream) {
  for (let n = 0; n < EVENTS; n += 1_000) {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 1_000; i++) {
      const event = newEvent('todo.added', {
        key: `user-${(n + i) % KEYS}`,
        data: { todoId: `${n + i}`, name: 'ada' },
      });
      pipeline.xadd(stream, '*', 'event', JSON.stringify(event));
    }
    await pipeline.exec();
  }
}

/** Fills an outbox, and measures one group on it after the other. */
async function ours(
  /** @type {Redis} */ redis,
  /** @type {(prefix: string) => import('@holdfast/events').EventTransport} */ open,
  /** @type {string[]} */ names,
) {
  const prefix = `hf:${randomUUID()}:`;
  await fill(redis, `${prefix}events`);
  const transport = open(prefix);
  const groups = [];
  for (const group of names) {
    const watch = stopwatch();
    const types = /** @type {const} */ (['todo.added']);
    const running = await transport.subscribe({ group, types, handle: async () => watch.seen() });
    groups.push({ perSecond: await watch.perSecond(), close: () => running.close() });
  }
  await Promise.all(groups.map(({ close }) => close()));
  const [fromOutbox = 0, fromTopic = 0] = groups.map(({ perSecond }) => perSecond);
  return { fromOutbox, fromTopic, prefix };
}

async function bareStreams(/** @type {Redis} */ redis) {
  const stream = `bare:${randomUUID()}`;
  await fill(redis, stream);
  await redis.xgroup('CREATE', stream, 'bench', '0');
  const watch = stopwatch();
  for (let left = EVENTS; left > 0; ) {
    const answer = await redis.xreadgroup('GROUP', 'bench', 'one', 'COUNT', 512, 'STREAMS', stream, '>');
    const entries = /** @type {[string, string[]][]} */ (/** @type {any} */ (answer)?.[0]?.[1] ?? []);
    for (const [, [, text]] of entries) {
      JSON.parse(text ?? '');
      watch.seen();
    }
    if (entries.length > 0) await redis.xack(stream, 'bench', ...entries.map(([id]) => id));
    left -= entries.length;
  }
  return watch.perSecond();
}

async function bareKafkaJs(/** @type {string} */ brokers, /** @type {string} */ topic) {
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 500 });
  const watch = stopwatch();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 3,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        JSON.parse(value?.toString() ?? '');
        watch.seen();
      }
    },
  });
  const perSecond = await watch.perSecond();
  await consumer.disconnect();
  return perSecond;
}

async function barePlatformatic(/** @type {string} */ brokers, /** @type {string} */ topic) {
  const consumer = new Consumer({
    clientId: 'bench',
    bootstrapBrokers: [brokers],
    groupId: randomUUID(),
    maxWaitTime: 500,
  });
  const watch = stopwatch();
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: 100 });
  stream.on('data', ({ value }) => {
    JSON.parse(value.toString());
    watch.seen();
  });
  const perSecond = await watch.perSecond();
  await consumer.close(true);
  return perSecond;
}

const startKafka = await obtainKafka();
if (startKafka === undefined) process.exit(1);
const [kafka, server] = await Promise.all([startKafka(), startRedis()]);
const redis = new Redis(server.url);
/** @type {Record<string, Record<'outbox' | 'topic' | 'bare', number[]>>} */
const taken = {};
const row = (/** @type {string} */ name) => (taken[name] ??= { outbox: [], topic: [], bare: [] });
for (let i = 0; i < REPEATS; i++) {
  const streams = await ours(redis, (prefix) => new RedisStreamsTransport(redis, { prefix }), ['first']);
  row('Redis Streams').outbox.push(streams.fromOutbox);
  row('Redis Streams').bare.push(await bareStreams(redis));
  for (const client of /** @type {const} */ (['kafkajs', 'platformatic'])) {
    const options = { brokers: [kafka.brokers], client };
    const { fromOutbox, fromTopic, prefix } = await ours(
      redis,
      (of) => new KafkaTransport(redis, { prefix: of, ...options }),
      ['first', 'second'],
    );
    const topic = `${prefix.slice(0, -1).replace(':', '.')}.events`;
    const bare = await (client === 'kafkajs' ? bareKafkaJs : barePlatformatic)(kafka.brokers, topic);
    const { outbox, topic: topics, bare: bares } = row(`Kafka by ${client}`);
    outbox.push(fromOutbox);
    topics.push(fromTopic);
    bares.push(bare);
  }
}
redis.disconnect();
await Promise.all([kafka.stop(), server.stop()]);

const median = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const table = Object.entries(taken).map(([transport, { outbox, topic, bare }]) => ({
  transport,
  fromOutbox: median(outbox),
  fromTopic: median(topic),
  bareClient: median(bare),
  ratio: Number(((median(bare) ?? 0) / (median(topic) ?? median(outbox) ?? 1)).toFixed(1)),
}));
console.log(`events a second, medians of ${REPEATS} runs of ${EVENTS} events of ${KEYS} keys with an empty handler`);
console.table(table);
const directory = fileURLToPath(new URL('../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const startedAt = new Date().toISOString();
const file = `${directory}bench-events-throughput-${startedAt.replace(/[:.]/g, '-')}.json`;
const machine = { cores: cpus().length, node: process.version };
writeFileSync(file, `${JSON.stringify({ startedAt, machine, events: EVENTS, keys: KEYS, table, taken }, null, 2)}\n`);
console.log(file);
