import type { Redis } from 'ioredis';
import type { Kafka } from 'kafkajs';
import type { DeliveryOptions } from '../deliver.js';
import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { openKafka } from './kafka-clients.js';
import { OutboxRelay } from './outbox-relay.js';
import { seldom } from './seldom.js';
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
  private relay: OutboxRelay | undefined;

  /** `redis` stays open. */
  constructor(
    private readonly redis: Redis,
    private readonly options: KafkaOptions,
  ) {
    this.report = seldom(options.report ?? (() => undefined));
    this.kafka = openKafka(options.brokers, this.report);
  }

  /** Resolves at once; a Kafka that is away is waited for. */
  async subscribe(subscription: Subscription): Promise<Running> {
    const { redis, kafka, options, counts } = this;
    this.relay ??= new OutboxRelay(redis, kafka, options.prefix, this.report, (waiting) =>
      this.behind.set('outbox', waiting),
    );
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
    await this.relay?.close();
    this.relay = undefined;
  }
}
