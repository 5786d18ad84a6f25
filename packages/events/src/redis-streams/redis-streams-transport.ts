import type { Redis } from 'ioredis';
import type { DeliveryOptions } from '../deliver.js';
import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { StreamConsumer } from './stream-consumer.js';

export interface RedisStreamsOptions extends DeliveryOptions {
  /** An event that a consumer has held this long is given to another: it must exceed the slowest handler. Default 30 000. */
  readonly claimAfterMs?: number;
}

/**
 * Events straight from the outbox by Redis consumer groups: nothing else to install. At least once. The consumers of a group
 * share the stream as they come, so the events of one key are in order only while the group has one consumer.
 */
export class RedisStreamsTransport implements EventTransport {
  private readonly counts = { handled: 0, retried: 0, deadLettered: 0, lag: 0 };

  /** `redis` stays open; each subscription opens a connection of its own, for waiting. */
  constructor(
    private readonly redis: Redis,
    private readonly options: RedisStreamsOptions,
  ) {}

  async subscribe(subscription: Subscription): Promise<Running> {
    return new StreamConsumer(this.redis, subscription, this.options, this.counts);
  }

  metrics(): EventMetrics {
    return { ...this.counts };
  }
}
