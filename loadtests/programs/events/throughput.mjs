/**
 * `node programs/events/throughput.mjs '{"transport":"kafkajs","events":20000,"redisUrl":"…","brokers":"…"}'`: events a second and processor
 * time for each event, with an empty handler, as one line of JSON. It measures from the outbox to the handler, with Kafka also from the
 * topic to a second group, and the bare client, which reads the same records and commits by batch. The lab's `event-throughput` runs it.
 */
import { randomUUID } from 'node:crypto';
import { newEvent } from '@holdfast/events';
import { KafkaTransport } from '@holdfast/events/kafka';
import { RedisStreamsTransport } from '@holdfast/events/redis-streams';
import { waitFor } from '@holdfast/testing';
import { Consumer } from '@platformatic/kafka';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

const KEYS = 200;

/** @type {{ transport: 'redis-streams' | 'kafkajs' | 'platformatic', events: number, redisUrl: string, brokers?: string }} */
const { transport, events, redisUrl, brokers = '' } = JSON.parse(process.argv[2] ?? '{}');

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
      if (count !== events) return;
      lastAt = performance.now();
      cpu = process.cpuUsage(cpu);
    },
    /** @returns {Promise<Pace>} */
    async pace() {
      await waitFor(() => lastAt > 0, { timeoutMs: 120_000 });
      return {
        perSecond: Math.round(((events - 1) / (lastAt - firstAt)) * 1_000),
        cpuMicros: (cpu.user + cpu.system) / (events - 1),
      };
    },
  };
}

/** Writes the events into the outbox. */
async function fill(/** @type {Redis} */ redis, /** @type {string} */ stream, count = events) {
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
  const [fromOutbox, fromTopic] = groups.map(({ pace }) => pace);
  return { fromOutbox, fromTopic, prefix };
}

async function bareStreams(/** @type {Redis} */ redis) {
  const stream = `bare:${randomUUID()}`;
  await fill(redis, stream);
  await redis.xgroup('CREATE', stream, 'bench', '0');
  const watch = stopwatch();
  for (let left = events; left > 0; ) {
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

const redis = new Redis(redisUrl);
// The first round warms up the compiler.
await measure();
console.log(JSON.stringify(await measure()));
redis.disconnect();
process.exit(0);

async function measure() {
  if (transport === 'redis-streams') {
    const open = (/** @type {string} */ prefix) => new RedisStreamsTransport(redis, { prefix });
    const { fromOutbox } = await ours(redis, open, { names: ['first'], warm: false });
    return { fromOutbox, bareClient: await bareStreams(redis) };
  }
  const open = (/** @type {string} */ prefix) =>
    new KafkaTransport(redis, { prefix, brokers: [brokers], client: transport });
  const { fromOutbox, fromTopic, prefix } = await ours(redis, open, { names: ['first', 'second'], warm: true });
  const topic = `${prefix.slice(0, -1).replace(':', '.')}.events`;
  const bareClient = await (transport === 'kafkajs' ? bareKafkaJs : barePlatformatic)(brokers, topic);
  return { fromOutbox, fromTopic, bareClient };
}
