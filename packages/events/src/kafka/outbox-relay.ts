import type { Redis } from 'ioredis';
import type { Kafka, Producer } from 'kafkajs';
import { pause } from '../deliver.js';
import { readEvent } from '../envelope.js';
import type { Running } from '../event-transport.js';
import { Lease } from '../lease.js';
import type { RedisClient } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import { waitingConnection } from '../waiting-connection.js';
import { createTopic } from './kafka-clients.js';

type Entry = [id: string, pairs: string[]];

const batch = 500;
const waitMs = 1_000;
const outagePauseMs = 500;
/** Longer than a wait; a process that stood still longer than this has lost the lease to another. */
const leaseMs = 5_000;

/**
 * Moves events from one stream of the outbox to Kafka, in order, each removed only after all in-sync replicas have it. Every process
 * has a relay, a lease lets one of them work. One that lost the lease in mid-batch sends at most what its successor sends too: events
 * come twice then, never for the first time out of order.
 */
export class OutboxRelay implements Running {
  private readonly redis: Redis;
  private readonly lease: Lease;
  private readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private producer: Producer | undefined;
  private waiting: Redis | undefined;

  constructor(
    private readonly client: RedisClient,
    private readonly stream: string,
    private readonly kafka: Kafka,
    private readonly topic: string,
    private readonly report: (error: unknown) => void,
    /** Told how many events wait here for Kafka. */
    private readonly onBacklog: (waiting: number) => void,
  ) {
    this.redis = client as Redis;
    this.lease = new Lease(this.redis, `${stream}:relay`, leaseMs);
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.dropWaiting();
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
        this.dropWaiting();
        await pause(outagePauseMs, this.stopping.signal);
      }
    }
    await this.dropProducer();
    this.dropWaiting();
    await this.lease.release().catch(() => undefined);
  }

  private async step(): Promise<void> {
    if (!(await this.lease.hold())) return pause(waitMs, this.stopping.signal);
    const entries = (await this.redis.xrange(this.stream, '-', '+', 'COUNT', batch)) as Entry[];
    if (entries.length === 0) {
      this.onBacklog(0);
      return this.waitForEvents();
    }
    this.onBacklog(await this.redis.xlen(this.stream));
    const producer = await this.readyProducer();
    await producer.send({ topic: this.topic, acks: -1, messages: entries.map(toMessage) });
    await this.redis.xdel(this.stream, ...entries.map(([id]) => id));
  }

  private async waitForEvents(): Promise<void> {
    this.waiting ??= waitingConnection(this.client, this.stream);
    // A server that another has replaced may never answer.
    const tooLong = setTimeout(() => this.dropWaiting(), leaseMs);
    try {
      await this.waiting.xread('COUNT', 1, 'BLOCK', waitMs, 'STREAMS', this.stream, '0');
    } finally {
      clearTimeout(tooLong);
    }
  }

  private dropWaiting(): void {
    this.waiting?.disconnect();
    this.waiting = undefined;
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
