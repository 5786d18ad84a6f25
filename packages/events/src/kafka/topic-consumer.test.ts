import { expect, jest, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { KafkaClient, KafkaConsumerOptions } from './kafka-client.js';
import { TopicConsumer } from './topic-consumer.js';

/** A Redis that knows leases only: `held` names the leases that somebody holds. */
function leases() {
  const held = new Set<string>();
  const evaluate = async (_script: string, _keys: number, key: string, _holder: string, ms?: number) => {
    if (ms === undefined) held.delete(key);
    else held.add(key);
    return 1;
  };
  return { held, redis: { isCluster: false, eval: evaluate } as unknown as Redis };
}

function consumerOf(
  redis: Redis,
  openConsumer: KafkaClient['openConsumer'],
  offsets: KafkaClient['offsets'] = async () => new Map(),
) {
  const kafka: KafkaClient = {
    check: async () => undefined,
    createTopic: async () => undefined,
    openProducer: () => Promise.reject(new Error('no producer')),
    openConsumer,
    offsets,
    close: async () => undefined,
  };
  const subscription = { group: 'auth', types: [], handle: async () => undefined };
  const counts = { handled: 0, retried: 0, deadLettered: 0, lost: 0 };
  const options = { prefix: 'hf:', brokers: [] };
  const nothing = () => undefined;
  return new TopicConsumer(redis, kafka, subscription, options, counts, nothing, nothing);
}

/** A consumer that receives partition 0 at once. */
function opening(also: (options: KafkaConsumerOptions) => { readonly close: () => void }) {
  let opened: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const openConsumer: KafkaClient['openConsumer'] = async (options) => {
    options.onAssigned([0]);
    opened();
    const { close } = also(options);
    return { ended: new Promise<never>(() => undefined), commit: async () => undefined, close: async () => close() };
  };
  return { isOpen, openConsumer };
}

test('C2: partitions that are assigned while a consumer closes leave no lease behind', async () => {
  const { held, redis } = leases();
  const { isOpen, openConsumer } = opening(({ onAssigned }) => ({ close: () => onAssigned([0, 1]) }));
  const consumer = consumerOf(redis, openConsumer);
  await isOpen;
  await consumer.close();
  expect([...held]).toEqual([]);
});

test('C2: a consumer that fails after it was assigned partitions leaves no lease behind', async () => {
  const { held, redis } = leases();
  const { isOpen, openConsumer } = opening(() => {
    throw new Error('Kafka went away');
  });
  const consumer = consumerOf(redis, openConsumer);
  await isOpen;
  await consumer.close();
  expect([...held]).toEqual([]);
});

test('C3: a position that another consumer has set back is committed again', async () => {
  jest.useFakeTimers();
  try {
    const { redis } = leases();
    let atBroker = 0n;
    const offsets = async () => new Map([[0, { committed: atBroker, low: 0n, high: 2n }]]);
    const openConsumer: KafkaClient['openConsumer'] = async ({ onAssigned, onRecords }) => {
      onAssigned([0]);
      const record = { key: 'ada', value: 'no event of ours', only: 'another group' };
      await onRecords(0, [
        { ...record, offset: 0n },
        { ...record, offset: 1n },
      ]);
      const commit = async (positions: ReadonlyMap<number, bigint>) => {
        atBroker = positions.get(0) ?? atBroker;
      };
      return { ended: new Promise<never>(() => undefined), commit, close: async () => undefined };
    };
    const consumer = consumerOf(redis, openConsumer, offsets);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(atBroker).toBe(2n);
    atBroker = 1n;
    await jest.advanceTimersByTimeAsync(3_000);
    expect(atBroker).toBe(2n);
    await consumer.close();
  } finally {
    jest.useRealTimers();
  }
});
