import { hostname } from 'node:os';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import {
  CONNECT_TIMEOUT_MS,
  type KafkaClient,
  type KafkaConsumer,
  type KafkaConsumerOptions,
  type KafkaMessage,
  type KafkaProducer,
  PARTITIONS,
  type PartitionOffsets,
  REFUSALS,
  REQUEST_TIMEOUT_MS,
  RefusedByBroker,
} from '../kafka-client.js';
import type { KafkaConnectionOptions } from '../kafka-options.js';
import { openKafkaJsConsumer } from './kafkajs-consumer.js';

/** Kafka by the npm package `kafkajs`. */
export function openKafkaJs(options: KafkaConnectionOptions, report: (error: unknown) => void): KafkaClient {
  const { brokers, ssl, sasl } = options;
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId: `holdfast@${hostname()}`,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(ssl !== undefined && { ssl: typeof ssl === 'object' ? { ca: ssl.ca } : ssl }),
    ...(sasl !== undefined && { sasl: { ...sasl } as never }),
    // The caller tries again with its own pauses, because an outage may last.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log }) =>
        report(new Error(`Kafka: ${log.message}${typeof log.error === 'string' ? `: ${log.error}` : ''}`)),
  });
  return new KafkaJsClient(kafka);
}

class KafkaJsClient implements KafkaClient {
  private readonly admin: Admin;
  private connecting: Promise<void> | undefined;

  constructor(private readonly kafka: Kafka) {
    this.admin = kafka.admin();
  }

  async check(): Promise<void> {
    await this.asAdmin((admin) => admin.describeCluster());
  }

  async createTopic(topic: string): Promise<void> {
    await this.asAdmin(async (admin) => {
      const known = await admin.listTopics();
      if (!known.includes(topic)) await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
    });
  }

  async openProducer(topic: string): Promise<KafkaProducer> {
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
    await producer.connect();
    return {
      async send(messages) {
        try {
          await producer.send({ topic, acks: -1, messages: messages.map(toMessage) });
        } catch (error) {
          throw isRefusal(error) ? new RefusedByBroker(error) : error;
        }
      },
      close: () => producer.disconnect(),
    };
  }

  openConsumer(options: KafkaConsumerOptions): Promise<KafkaConsumer> {
    return openKafkaJsConsumer(this.kafka, options);
  }

  async offsets(topic: string, groupId: string): Promise<ReadonlyMap<number, PartitionOffsets>> {
    return this.asAdmin(async (admin) => {
      const [committed, ofTopic] = await Promise.all([
        admin.fetchOffsets({ groupId, topics: [topic] }),
        admin.fetchTopicOffsets(topic),
      ]);
      const byPartition = new Map(committed[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
      return new Map(
        ofTopic.map(({ partition, low, high }) => {
          const offset = byPartition.get(partition) ?? -1n;
          return [partition, { committed: offset < 0n ? undefined : offset, low: BigInt(low), high: BigInt(high) }];
        }),
      );
    });
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }

  /** One connection for all questions, opened anew after a failure. */
  private async asAdmin<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    this.connecting ??= this.admin.connect();
    try {
      await this.connecting;
      return await ask(this.admin);
    } catch (error) {
      this.connecting = undefined;
      await this.admin.disconnect().catch(() => undefined);
      throw error;
    }
  }
}

function toMessage({ key, value, only }: KafkaMessage) {
  return {
    ...(key === undefined ? { key: null, partition: 0 } : { key }),
    value,
    headers: only === undefined ? {} : { only },
  };
}

function isRefusal(error: unknown): boolean {
  const { type, cause } = error as { readonly type?: unknown; readonly cause?: unknown };
  return typeof type === 'string' ? REFUSALS.includes(type) : cause !== undefined && isRefusal(cause);
}
