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
 * Carries events straight from the outbox by Redis consumer groups, at least once, with nothing else to install. One consumer of
 * a group works at a time and the others stand by. It handles the events of one key in order and one at a time, those of several
 * keys at the same time. On a Cluster this holds for each stream of the outbox.
 */
export class RedisStreamsTransport implements EventTransport {
  private readonly counts = { handled: 0, retried: 0, deadLettered: 0, lost: 0 };
  /** Lag by group and stream, where this process works. */
  private readonly behind = new Map<string, number>();
  /**
   * Reports errors that repeat in an outage, each seldom. A handler's failed tries are all reported. The owner of a connection
   * reports its loss.
   */
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
