import type { Redis } from 'ioredis';
import type { DeliveryOptions } from '../deliver.js';
import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { StreamConsumer } from './stream-consumer.js';

export interface RedisStreamsOptions extends DeliveryOptions {
  /**
   * How long a consumer may be silent before another takes over in milliseconds; it must exceed the longest time a process stands
   * still. Default 10 000.
   */
  readonly leaseMs?: number;
}

/**
 * Events straight from the outbox by Redis consumer groups: nothing else to install. At least once. One consumer of a group works
 * at a time and the others stand by, so events of one key are handled in order and one at a time, those of several at the same time.
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
