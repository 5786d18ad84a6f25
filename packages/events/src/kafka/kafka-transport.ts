import type { Redis } from 'ioredis';
import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { Outbox, type RedisClient } from '../outbox.js';
import { seldom } from '../seldom.js';
import type { KafkaClient } from './kafka-client.js';
import type { KafkaOptions } from './kafka-options.js';
import { KafkaUnreachableError } from './kafka-unreachable-error.js';
import { checkKafkaOptions, openKafkaClient } from './open-kafka-client.js';
import { OutboxRelay, type RelayKafka } from './outbox-relay.js';
import { topicOf } from './topic.js';
import { TopicConsumer } from './topic-consumer.js';

const CHECK_TIMEOUT_MS = 10_000;

/**
 * Carries events from the outbox through Kafka, at least once. The events of one key are handled in order, with any number of
 * consumers in a group. While Kafka is away events wait in the outbox and requests succeed as before.
 */
export class KafkaTransport implements EventTransport {
  private readonly counts = { handled: 0, retried: 0, deadLettered: 0, lost: 0 };
  private readonly behind = new Map<unknown, number>();
  private kafka: Promise<KafkaClient> | undefined;
  /** Reports errors that repeat while Kafka is away, each seldom. A handler's failed tries are all reported. */
  private readonly report: (error: unknown) => void;
  private readonly consumers = new Set<Running>();
  /** One relay for each stream of the outbox, while there are consumers. */
  private relays: readonly OutboxRelay[] = [];

  /** `redis` stays open. Throws when an option is wrong. */
  constructor(
    private readonly redis: RedisClient,
    private readonly options: KafkaOptions,
  ) {
    checkKafkaOptions(options);
    this.report = seldom(options.report ?? (() => undefined));
  }

  /** Rejects with `KafkaUnreachableError` when no broker answers or lets us in. Not needed before `subscribe`. */
  async check(): Promise<void> {
    const { brokers } = this.options;
    const kafka = await openKafkaClient(this.options, () => undefined);
    try {
      await withinTime(kafka.check(), CHECK_TIMEOUT_MS);
    } catch (error) {
      throw new KafkaUnreachableError(brokers, error);
    } finally {
      kafka.close().catch(() => undefined);
    }
  }

  /**
   * Does the same, unless these brokers have answered this fleet before. A wrong address thus fails the first start, while a
   * later outage is only reported: the process starts and events wait in the outbox.
   */
  async checkFirstStart(): Promise<void> {
    const key = `${this.options.prefix}events:kafka:reached`;
    const address = this.options.brokers.join(',');
    try {
      await this.check();
    } catch (error) {
      const reached = await (this.redis as Redis).get(key).catch(() => address);
      if (reached !== address) throw error;
      return this.report(error);
    }
    await (this.redis as Redis).set(key, address).catch(this.report);
  }

  /** Does not wait for Kafka: the transport keeps trying while Kafka is away. Rejects when the client is not installed. */
  async subscribe(subscription: Subscription): Promise<Running> {
    const { redis, options, counts } = this;
    this.kafka ??= openKafkaClient(options, this.report);
    const kafka = await this.kafka;
    if (this.relays.length === 0) this.relays = this.openRelays(kafka);
    const onLag = (events: number) => this.behind.set(subscription, events);
    const consumer = new TopicConsumer(redis, kafka, subscription, options, counts, this.report, onLag);
    this.consumers.add(consumer);
    return { close: () => this.close(consumer) };
  }

  metrics(): EventMetrics {
    const lag = [...this.behind.values()].reduce((sum, events) => sum + events, 0);
    return { ...this.counts, lag };
  }

  private async close(consumer: Running): Promise<void> {
    if (!this.consumers.delete(consumer)) return;
    await consumer.close();
    if (this.consumers.size > 0) return;
    const { relays, kafka } = this;
    this.relays = [];
    this.kafka = undefined;
    await Promise.all(relays.map((relay) => relay.close()));
    await (await kafka)?.close().catch(() => undefined);
  }

  private openRelays(client: KafkaClient): readonly OutboxRelay[] {
    const { redis, options, counts, report } = this;
    const kafka = sendingInside(client, options.aroundSend);
    return new Outbox(redis, options.prefix).streams.map((stream) => {
      const onBacklog = (waiting: number) => this.behind.set(stream, waiting);
      return new OutboxRelay(redis, stream, kafka, topicOf(options.prefix), counts, report, onBacklog);
    });
  }
}

/** The client, with each transfer run by `around`. */
function sendingInside(client: KafkaClient, around: KafkaOptions['aroundSend']): RelayKafka {
  if (around === undefined) return client;
  return {
    createTopic: (topic) => client.createTopic(topic),
    async openProducer(topic) {
      const producer = await client.openProducer(topic);
      return {
        send: (messages) =>
          around(
            messages.map(({ value }) => value),
            () => producer.send(messages),
          ),
        close: () => producer.close(),
      };
    },
  };
}

async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
