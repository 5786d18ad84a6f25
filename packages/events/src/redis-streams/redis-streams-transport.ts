import type { DeliveryOptions } from '../deliver.js';
import type { EventMetrics, EventTransport, Running, Subscription } from '../event-transport.js';
import { Outbox, type RedisClient } from '../outbox.js';
import { seldom } from '../seldom.js';
import { StreamConsumer } from './stream-consumer.js';

export interface RedisStreamsOptions extends DeliveryOptions {
  /**
   * After how many milliseconds without a sign of life another consumer takes over. Choose more than the longest time that a
   * process stands still. Default 10 000.
   */
  readonly leaseMs?: number;
}

/**
 * Events straight from the outbox by Redis consumer groups: nothing else to install. At least once. One consumer of a group works
 * at a time and the others stand by, so events of one key are handled in order and one at a time, those of several at the same time.
 * On a Cluster that holds for each stream of the outbox.
 */
export class RedisStreamsTransport implements EventTransport {
  private readonly counts = { handled: 0, retried: 0, deadLettered: 0, lost: 0 };
  /** By group and stream, of those that this process works on. */
  private readonly behind = new Map<string, number>();
  /** For errors that repeat in an outage. Every failed try is reported; a lost connection is reported by its owner. */
  private readonly report: (error: unknown) => void;

  /** `redis` stays open. A consumer that works on a stream opens a connection of its own, on which it waits for events. */
  constructor(
    private readonly redis: RedisClient,
    private readonly options: RedisStreamsOptions,
  ) {
    const tell = seldom(options.report ?? (() => undefined));
    this.report = (error) => {
      if (redis.status === 'ready') tell(error);
    };
  }

  async subscribe(subscription: Subscription): Promise<Running> {
    const { redis, options, counts, report } = this;
    const consumers = new Outbox(redis, options.prefix).streams.map((stream) => {
      const onLag = (events: number) => this.behind.set(`${subscription.group} ${stream}`, events);
      return new StreamConsumer(redis, stream, subscription, options, counts, report, onLag);
    });
    return {
      async close() {
        await Promise.all(consumers.map((consumer) => consumer.close()));
      },
    };
  }

  metrics(): EventMetrics {
    const lag = [...this.behind.values()].reduce((sum, events) => sum + events, 0);
    return { ...this.counts, lag };
  }
}
