import type { Redis } from 'ioredis';
import type { Kafka, Producer } from 'kafkajs';
import { pause } from '../deliver.js';
import { readEvent } from '../envelope.js';
import type { Running } from '../event-transport.js';
import { Lease } from '../lease.js';
import { outboxKey } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import { createTopic } from './kafka-clients.js';
import { topicOf } from './topic.js';

type Entry = [id: string, pairs: string[]];

const batch = 500;
const waitMs = 1_000;
const outagePauseMs = 500;
/** Longer than a wait; a process that stood still longer than this has lost the lease to another. */
const leaseMs = 5_000;

/**
 * Moves events from the outbox to Kafka, in order, each removed only after all in-sync replicas have it. Every process has a
 * relay, a lease lets one of them work. One that lost the lease in mid-batch sends at most what its successor sends too: events
 * come twice then, never for the first time out of order.
 */
export class OutboxRelay implements Running {
  private readonly outbox: string;
  private readonly topic: string;
  private readonly waiting: Redis;
  private readonly lease: Lease;
  private readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private producer: Producer | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly kafka: Kafka,
    prefix: string,
    private readonly report: (error: unknown) => void,
    /** Told how many events wait here for Kafka. */
    private readonly onBacklog: (waiting: number) => void,
  ) {
    this.outbox = outboxKey(prefix);
    this.topic = topicOf(prefix);
    this.lease = new Lease(redis, `${this.outbox}:relay`, leaseMs);
    this.waiting = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: 0 });
    // Failed commands are reported where they are sent.
    this.waiting.on('error', () => undefined);
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.waiting.disconnect();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.step();
      } catch (error) {
        if (this.stopping.signal.aborted) break;
        this.report(error);
        // After a failure its idempotence is in doubt: the next batch has a producer of its own.
        await this.dropProducer();
        await pause(outagePauseMs, this.stopping.signal);
      }
    }
    await this.dropProducer();
    await this.lease.release().catch(() => undefined);
  }

  private async step(): Promise<void> {
    if (!(await this.lease.hold())) return pause(waitMs, this.stopping.signal);
    const entries = (await this.redis.xrange(this.outbox, '-', '+', 'COUNT', batch)) as Entry[];
    if (entries.length === 0) {
      this.onBacklog(0);
      await this.waiting.xread('COUNT', 1, 'BLOCK', waitMs, 'STREAMS', this.outbox, '0');
      return;
    }
    this.onBacklog(await this.redis.xlen(this.outbox));
    const producer = await this.readyProducer();
    await producer.send({ topic: this.topic, acks: -1, messages: entries.map(toMessage) });
    await this.redis.xdel(this.outbox, ...entries.map(([id]) => id));
  }

  private async readyProducer(): Promise<Producer> {
    if (this.producer !== undefined) return this.producer;
    await createTopic(this.kafka, this.topic);
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
    await producer.connect();
    this.producer = producer;
    return producer;
  }

  private async dropProducer(): Promise<void> {
    await this.producer?.disconnect().catch(() => undefined);
    this.producer = undefined;
  }
}

function toMessage([, pairs]: Entry) {
  const { event = '', only } = fieldsOf(pairs);
  const read = readEvent(event);
  // What is no event has no key, and goes to the dead letters wherever it arrives.
  return { key: read.ok ? read.event.key : null, value: event, headers: only === undefined ? {} : { only } };
}
