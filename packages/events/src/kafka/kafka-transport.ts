import type { Kafka } from 'kafkajs';
import type { DeliveryOptions } from '../deliver.js';
import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { Outbox, type RedisClient } from '../outbox.js';
import { seldom } from '../seldom.js';
import { openKafka } from './kafka-clients.js';
import { OutboxRelay } from './outbox-relay.js';
import { topicOf } from './topic.js';
import { TopicConsumer } from './topic-consumer.js';

export interface KafkaOptions extends DeliveryOptions {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[];
}

/**
 * Events from the outbox through Kafka. At least once; the events of one key are handled in order, however many consumers a group
 * has. While Kafka is away events wait in the outbox and no request notices.
 */
export class KafkaTransport implements EventTransport {
  private readonly counts = { handled: 0, retried: 0, deadLettered: 0, lag: 0 };
  private readonly behind = new Map<string, number>();
  private readonly kafka: Kafka;
  /** For what repeats while Kafka is away; failed tries are all told. */
  private readonly report: (error: unknown) => void;
  private readonly consumers = new Set<Running>();
  /** One for each stream of the outbox, while there are consumers. */
  private relays: readonly OutboxRelay[] = [];

  /** `redis` stays open. */
  constructor(
    private readonly redis: RedisClient,
    private readonly options: KafkaOptions,
  ) {
    this.report = seldom(options.report ?? (() => undefined));
    this.kafka = openKafka(options.brokers, this.report);
  }

  /** Resolves at once; a Kafka that is away is waited for. */
  async subscribe(subscription: Subscription): Promise<Running> {
    const { redis, kafka, options, counts } = this;
    if (this.relays.length === 0) this.relays = this.openRelays();
    const onLag = (partition: number, events: number) => this.behind.set(`${subscription.group} ${partition}`, events);
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
    const relays = this.relays;
    this.relays = [];
    await Promise.all(relays.map((relay) => relay.close()));
  }

  private openRelays(): readonly OutboxRelay[] {
    const { redis, kafka, options, report } = this;
    return new Outbox(redis, options.prefix).streams.map((stream) => {
      const onBacklog = (waiting: number) => this.behind.set(stream, waiting);
      return new OutboxRelay(redis, stream, kafka, topicOf(options.prefix), report, onBacklog);
    });
  }
}
