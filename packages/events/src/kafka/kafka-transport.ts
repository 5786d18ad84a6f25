import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { Outbox, type RedisClient } from '../outbox.js';
import { seldom } from '../seldom.js';
import type { KafkaClient } from './kafka-client.js';
import type { KafkaOptions } from './kafka-options.js';
import { checkKafkaOptions, openKafkaClient } from './open-kafka-client.js';
import { OutboxRelay } from './outbox-relay.js';
import { topicOf } from './topic.js';
import { TopicConsumer } from './topic-consumer.js';

/**
 * Events from the outbox through Kafka. At least once; the events of one key are handled in order, however many consumers a group
 * has. While Kafka is away events wait in the outbox and no request notices.
 */
export class KafkaTransport implements EventTransport {
  private readonly counts = { handled: 0, retried: 0, deadLettered: 0, lost: 0 };
  private readonly behind = new Map<unknown, number>();
  private kafka: Promise<KafkaClient> | undefined;
  /** For what repeats while Kafka is away; failed tries are all reported. */
  private readonly report: (error: unknown) => void;
  private readonly consumers = new Set<Running>();
  /** One for each stream of the outbox, while there are consumers. */
  private relays: readonly OutboxRelay[] = [];

  /** `redis` stays open. Throws when an option is wrong. */
  constructor(
    private readonly redis: RedisClient,
    private readonly options: KafkaOptions,
  ) {
    checkKafkaOptions(options);
    this.report = seldom(options.report ?? (() => undefined));
  }

  /** Rejects when no broker answers or lets us in. Not needed before `subscribe`. */
  async check(): Promise<void> {
    const kafka = await openKafkaClient(this.options, () => undefined);
    try {
      await kafka.check();
    } finally {
      await kafka.close().catch(() => undefined);
    }
  }

  /** Does not wait for Kafka: one that is away is tried again and again. Rejects when the client is not installed. */
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

  private openRelays(kafka: KafkaClient): readonly OutboxRelay[] {
    const { redis, options, counts, report } = this;
    return new Outbox(redis, options.prefix).streams.map((stream) => {
      const onBacklog = (waiting: number) => this.behind.set(stream, waiting);
      return new OutboxRelay(redis, stream, kafka, topicOf(options.prefix), counts, report, onBacklog);
    });
  }
}
