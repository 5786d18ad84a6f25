import { expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { newEvent } from '../envelope.js';
import type { KafkaClient, KafkaMessage } from './kafka-client.js';
import { OutboxRelay } from './outbox-relay.js';

const READ_AT_ONCE = 2_000;

/** A Redis that knows one stream, of events with the ids 1-0, 2-0 and so on, and gives every lease. */
function outboxOf(count: number) {
  const event = (id: number) =>
    JSON.stringify(newEvent('todo.added', { key: 'ada', data: { todoId: `${id}`, name: 'ada' } }));
  let entries = Array.from({ length: count }, (_, i) => ({ id: i + 1, pairs: ['event', event(i + 1)] }));
  const reads: string[] = [];
  const redis = {
    isCluster: false,
    eval: async () => 1,
    xlen: async () => entries.length,
    xrange: async (_stream: string, from: string) => {
      reads.push(from);
      const after = from === '-' ? 0 : Number.parseInt(from.slice(1), 10);
      const found = entries.filter(({ id }) => id > after).slice(0, READ_AT_ONCE);
      return found.map(({ id, pairs }) => [`${id}-0`, pairs]);
    },
    xdel: async (_stream: string, ...ids: string[]) => {
      entries = entries.filter(({ id }) => !ids.includes(`${id}-0`));
    },
    duplicate: () => ({
      on: () => undefined,
      disconnect: () => undefined,
      xread: () => new Promise((resolve) => setTimeout(resolve, 1)),
    }),
  };
  return { redis: redis as unknown as Redis, reads, left: () => entries.length };
}

/** A Kafka that confirms a batch when the test says so. */
function kafka() {
  const sent: string[][] = [];
  const answers: Array<{ readonly confirm: () => void; readonly fail: (error: Error) => void }> = [];
  let told: () => void = () => undefined;
  const client = {
    createTopic: async () => undefined,
    openProducer: async () => ({
      send: (messages: readonly KafkaMessage[]) => {
        sent.push(messages.map(({ value }) => JSON.parse(value).data.todoId));
        told();
        return new Promise<void>((resolve, reject) => answers.push({ confirm: resolve, fail: reject }));
      },
      close: async () => undefined,
    }),
  } as unknown as KafkaClient;
  const hasSent = async (batches: number) => {
    while (sent.length < batches) {
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
  return { client, sent, answers, hasSent };
}

function relayOf(redis: Redis, client: KafkaClient) {
  const counts = { handled: 0, retried: 0, deadLettered: 0, lost: 0 };
  const backlogs: number[] = [];
  const report = () => undefined;
  const relay = new OutboxRelay(redis, 'events', client, 'topic', counts, report, (waiting) => backlogs.push(waiting));
  return { relay, backlogs };
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

test('C4: the next events are read while Kafka takes those before, and sent only after them, in order', async () => {
  const { redis, reads, left } = outboxOf(2 * READ_AT_ONCE);
  const { client, sent, answers, hasSent } = kafka();
  const { relay, backlogs } = relayOf(redis, client);
  await hasSent(1);
  await turns();
  const [firstBatch = []] = sent;
  expect(reads).toEqual(['-', `(${READ_AT_ONCE}-0`]);
  expect(sent.length).toBe(1);
  expect(left()).toBe(2 * READ_AT_ONCE);
  for (let batch = 1; ; batch++) {
    answers[batch - 1]?.confirm();
    if (sent.flat().length === 2 * READ_AT_ONCE) break;
    await hasSent(batch + 1);
  }
  await relay.close();
  expect(firstBatch[0]).toBe('1');
  expect(sent.flat()).toEqual(Array.from({ length: 2 * READ_AT_ONCE }, (_, i) => `${i + 1}`));
  expect(left()).toBe(0);
  expect(backlogs.at(-1)).toBe(0);
});

test('C4: what Kafka has not confirmed stays in the outbox, and the events after it are not sent', async () => {
  const { redis, left } = outboxOf(READ_AT_ONCE + 1);
  const { client, sent, answers, hasSent } = kafka();
  const { relay } = relayOf(redis, client);
  await hasSent(1);
  const closing = relay.close();
  answers[0]?.fail(new Error('Kafka went away'));
  await closing;
  expect(sent.length).toBe(1);
  expect(left()).toBe(READ_AT_ONCE + 1);
});
