import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import {
  FETCH_WAIT_MS,
  HEARTBEAT_MS,
  type KafkaConsumer,
  type KafkaConsumerOptions,
  SESSION_TIMEOUT_MS,
} from '../kafka-client.js';

/** A consumer of `kafkajs` that hands its records over at once and leaves commits to the caller. */
export async function openKafkaJsConsumer(kafka: Kafka, options: KafkaConsumerOptions): Promise<KafkaConsumer> {
  const { topic, groupId, onAssigned, onRebalancing, onRecords } = options;
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    // The client sends heartbeats only between two fetches.
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    // The client gives up after some errors: the caller opens a new consumer after any of them.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3, restartOnFailure: async () => false },
  });
  const ended = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  // It may reject before anyone awaits it.
  ended.catch(() => undefined);
  let generation = 0;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    generation++;
    onAssigned(payload.memberAssignment[topic] ?? []);
  });
  consumer.on(consumer.events.REBALANCING, onRebalancing);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
      eachBatch: async (payload) => {
        const began = generation;
        await handOver(payload, onRecords);
        // After a rebalance it fetches from the committed offset on: an older position would skip events.
        if (generation === began) payload.resolveOffset(payload.batch.lastOffset());
      },
    });
  } catch (error) {
    await consumer.disconnect().catch(() => undefined);
    throw error;
  }
  return {
    ended,
    commit: (offsets) => commit(consumer, topic, offsets),
    close: () => consumer.disconnect(),
  };
}

async function handOver(
  { batch, heartbeat }: EachBatchPayload,
  onRecords: KafkaConsumerOptions['onRecords'],
): Promise<void> {
  // The wait may be long. This ignores a failed heartbeat, because the next fetch reports its cause.
  const living = setInterval(() => heartbeat().catch(() => undefined), HEARTBEAT_MS);
  try {
    const records = batch.messages.map(({ offset, key, value, headers }) => ({
      offset: BigInt(offset),
      key: key?.toString(),
      value: value?.toString() ?? '',
      only: headers?.only?.toString(),
    }));
    await onRecords(batch.partition, records);
  } finally {
    clearInterval(living);
  }
}

async function commit(consumer: Consumer, topic: string, offsets: ReadonlyMap<number, bigint>): Promise<void> {
  await consumer.commitOffsets([...offsets].map(([partition, offset]) => ({ topic, partition, offset: `${offset}` })));
}
