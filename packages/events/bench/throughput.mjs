/**
 * `npm run bench -- events`, first part: events a second and processor time for each event, with an empty handler, for each transport
 * and Kafka client. It measures from the outbox to the handler, with Kafka also from the topic to a second group, and the bare client,
 * which reads the same records and commits by batch.
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
const NONE = { perSecond: 0, cpuMicros: 0 };

/** @typedef {{ perSecond: number, cpuMicros: number }} Pace events a second, and processor time for each */

/** Measures from the first event to the last. */
function stopwatch() {
  let [count, firstAt, lastAt] = [0, 0, 0];
  let cpu = process.cpuUsage();
  return {
    seen() {
      count++;
      if (count === 1) {
        firstAt = performance.now();
        cpu = process.cpuUsage();
      }
      if (count !== EVENTS) return;
      lastAt = performance.now();
      cpu = process.cpuUsage(cpu);
    },
    /** @returns {Promise<Pace>} */
    async pace() {
      await waitFor(() => lastAt > 0, { timeoutMs: 120_000 });
      return {
        perSecond: Math.round(((EVENTS - 1) / (lastAt - firstAt)) * 1_000),
        cpuMicros: (cpu.user + cpu.system) / (EVENTS - 1),
      };
    },
  };
}

/** Writes the events into the outbox. */
async function fill(/** @type {Redis} */ redis, /** @type {string} */ stream, count = EVENTS) {
  for (let n = 0; n < count; n += 1_000) {
    const pipeline = redis.pipeline();
    for (let i = n; i < Math.min(n + 1_000, count); i++) {
      const event = newEvent('todo.added', { key: `user-${i % KEYS}`, data: { todoId: `${i}`, name: 'ada' } });
      pipeline.xadd(stream, '*', 'event', JSON.stringify(event));
    }
    await pipeline.exec();
  }
}

/**
 * Fills an outbox and measures one group on it after the other. `warm`: the first group handles one event before the outbox is
 * filled. Otherwise the relay would move all events while the group still joins, before the measurement begins.
 */
async function ours(
  /** @type {Redis} */ redis,
  /** @type {(prefix: string) => import('@holdfast/events').EventTransport} */ open,
  /** @type {{ names: string[], warm: boolean }} */ { names, warm },
) {
  const prefix = `hf:${randomUUID()}:`;
  const stream = `${prefix}events`;
  const filled = warm ? `${prefix}filled` : stream;
  await fill(redis, filled);
  if (warm) await fill(redis, stream, 1);
  const transport = open(prefix);
  const groups = [];
  for (const group of names) {
    let watch = stopwatch();
    const types = /** @type {const} */ (['todo.added']);
    const running = await transport.subscribe({ group, types, handle: async () => watch.seen() });
    if (warm && groups.length === 0) {
      await waitFor(async () => transport.metrics().handled === 1 && (await redis.xlen(stream)) === 0, {
        timeoutMs: 60_000,
      });
      watch = stopwatch();
      await redis.rename(filled, stream);
    }
    groups.push({ pace: await watch.pace(), close: () => running.close() });
  }
  await Promise.all(groups.map(({ close }) => close()));
  const [fromOutbox = NONE, fromTopic = NONE] = groups.map(({ pace }) => pace);
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
  return watch.pace();
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
  const pace = await watch.pace();
  await consumer.disconnect();
  return pace;
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
  const pace = await watch.pace();
  await consumer.close(true);
  return pace;
}

const startKafka = await obtainKafka();
if (startKafka === undefined) process.exit(1);
const [kafka, server] = await Promise.all([startKafka(), startRedis()]);
const redis = new Redis(server.url);
/** @type {Record<string, Record<'outbox' | 'topic' | 'bare', Pace[]>>} */
const taken = {};
const row = (/** @type {string} */ name) => (taken[name] ??= { outbox: [], topic: [], bare: [] });
for (let i = 0; i < REPEATS; i++) {
  const streams = await ours(redis, (prefix) => new RedisStreamsTransport(redis, { prefix }), {
    names: ['first'],
    warm: false,
  });
  row('Redis Streams').outbox.push(streams.fromOutbox);
  row('Redis Streams').bare.push(await bareStreams(redis));
  for (const client of /** @type {const} */ (['kafkajs', 'platformatic'])) {
    const options = { brokers: [kafka.brokers], client };
    const { fromOutbox, fromTopic, prefix } = await ours(
      redis,
      (of) => new KafkaTransport(redis, { prefix: of, ...options }),
      { names: ['first', 'second'], warm: true },
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

/** @param {Pace[]} paces @param {keyof Pace} of */
const median = (paces, of) => {
  const value = paces.map((pace) => pace[of]).toSorted((a, b) => a - b)[Math.floor(paces.length / 2)];
  return value === undefined ? undefined : Number(value.toFixed(1));
};
/** @param {keyof Pace} of */
const tableOf = (of) =>
  Object.entries(taken).map(([transport, { outbox, topic, bare }]) => ({
    transport,
    fromOutbox: median(outbox, of),
    fromTopic: median(topic, of),
    bareClient: median(bare, of),
  }));
const table = tableOf('perSecond');
const cpuTable = tableOf('cpuMicros');
console.log(`events a second, medians of ${REPEATS} runs of ${EVENTS} events of ${KEYS} keys with an empty handler`);
console.table(table);
console.log('microseconds of processor time for an event, in the same runs');
console.table(cpuTable);
const directory = fileURLToPath(new URL('../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const startedAt = new Date().toISOString();
const file = `${directory}bench-events-throughput-${startedAt.replace(/[:.]/g, '-')}.json`;
const machine = { cores: cpus().length, node: process.version };
writeFileSync(
  file,
  `${JSON.stringify({ startedAt, machine, events: EVENTS, keys: KEYS, table, cpuTable, taken }, null, 2)}\n`,
);
console.log(file);
