import { isIP } from 'node:net';
import { hostname } from 'node:os';
import {
  Admin,
  type BaseOptions,
  compatibilityPartitioner,
  Producer,
  type SASLMechanismValue,
} from '@platformatic/kafka';
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
import { openPlatformaticConsumer } from './platformatic-consumer.js';

const EARLIEST = -2n;
const LATEST = -1n;

/** Kafka by the npm package `@platformatic/kafka`. */
export function openPlatformaticKafka(options: KafkaConnectionOptions): KafkaClient {
  const { brokers, ssl, sasl } = options;
  const named = brokers.every((broker) => isIP(broker.split(':')[0] ?? '') === 0);
  return new PlatformaticClient({
    clientId: `holdfast@${hostname()}`,
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // The caller tries again with its own pauses, because an outage may last.
    retries: 3,
    retryDelay: 250,
    autocreateTopics: false,
    // A server with several names chooses its certificate by this name. An IP address is not a name.
    ...(ssl && { tls: typeof ssl === 'object' ? { ca: ssl.ca } : {}, ...(named && { tlsServerName: true }) }),
    ...(sasl !== undefined && {
      sasl: {
        mechanism: sasl.mechanism.toUpperCase() as SASLMechanismValue,
        username: sasl.username,
        password: sasl.password,
      },
    }),
  });
}

class PlatformaticClient implements KafkaClient {
  private readonly admin: Admin;

  constructor(private readonly options: BaseOptions) {
    this.admin = new Admin(options);
  }

  async check(): Promise<void> {
    await this.admin.listTopics();
  }

  async createTopic(topic: string): Promise<void> {
    const known = await this.admin.listTopics();
    if (known.includes(topic)) return;
    try {
      // -1: the cluster's default.
      await this.admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: -1 });
    } catch (error) {
      // Another process has created the topic first.
      if (!hasApiId(error, ['TOPIC_ALREADY_EXISTS'])) throw error;
    }
  }

  async openProducer(topic: string): Promise<KafkaProducer> {
    // This partitioner picks the same partitions as kafkajs, so a fleet may change its client. Few retries are enough: the caller
    // tries again with a new producer.
    const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
      ...this.options,
      idempotent: true,
      retries: 2,
      partitioner: compatibilityPartitioner as never,
    });
    return {
      async send(messages) {
        try {
          await producer.send({ messages: messages.map((message) => toMessage(topic, message)) });
        } catch (error) {
          throw hasApiId(error, REFUSALS) ? new RefusedByBroker(error) : error;
        }
      },
      close: async () => {
        await producer.close(true);
      },
    };
  }

  openConsumer(options: KafkaConsumerOptions): Promise<KafkaConsumer> {
    return openPlatformaticConsumer(this.options, options, () => this.offsets(options.topic, options.groupId));
  }

  async offsets(topic: string, groupId: string): Promise<ReadonlyMap<number, PartitionOffsets>> {
    const metadata = await this.admin.metadata({ topics: [topic] });
    const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
    const partitions = Array.from({ length: count }, (_, partition) => partition);
    const at = async (timestamp: bigint) => {
      const requests = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }));
      const [found] = await this.admin.listOffsets({ topics: [{ name: topic, partitions: requests }] });
      return new Map(found?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
    };
    const [low, high, [group]] = await Promise.all([
      at(EARLIEST),
      at(LATEST),
      this.admin.listConsumerGroupOffsets({
        groups: [{ groupId, topics: [{ name: topic, partitionIndexes: partitions }] }],
      }),
    ]);
    const committed = new Map(
      group?.topics[0]?.partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
    );
    return new Map(
      partitions.map((partition) => {
        const offset = committed.get(partition) ?? -1n;
        return [
          partition,
          {
            committed: offset < 0n ? undefined : offset,
            low: low.get(partition) ?? 0n,
            high: high.get(partition) ?? 0n,
          },
        ];
      }),
    );
  }

  async close(): Promise<void> {
    await this.admin.close();
  }
}

function toMessage(topic: string, { key, value, only }: KafkaMessage) {
  return {
    topic,
    ...(key === undefined ? { partition: 0 } : { key: Buffer.from(key) }),
    value: Buffer.from(value),
    headers: new Map(only === undefined ? [] : [[Buffer.from('only'), Buffer.from(only)]]),
  };
}

/** The protocol's error may be wrapped, once for each attempt and request. */
function hasApiId(error: unknown, ids: readonly string[]): boolean {
  const { apiId, errors, cause } = (error ?? {}) as { apiId?: string; errors?: unknown[]; cause?: unknown };
  if (apiId !== undefined && ids.includes(apiId)) return true;
  return (errors?.some((inner) => hasApiId(inner, ids)) ?? false) || (cause !== undefined && hasApiId(cause, ids));
}
