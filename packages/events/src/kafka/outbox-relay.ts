import type { Redis } from 'ioredis';
import { EVERY_GROUP, giveUp } from '../dead-letters/redis-dead-letters.js';
import { type EventCounts, pause } from '../deliver.js';
import { keyOf } from '../envelope.js';
import type { Running } from '../event-transport.js';
import { Lease } from '../lease.js';
import { MOST_WAITING, type RedisClient } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import { waitingConnection } from '../waiting-connection.js';
import { type KafkaClient, type KafkaMessage, type KafkaProducer, RefusedByBroker } from './kafka-client.js';

type Entry = [id: string, pairs: string[]];

/** The calls that a relay needs of a Kafka client. */
export type RelayKafka = Pick<KafkaClient, 'createTopic' | 'openProducer'>;

/** An event of the outbox on its way to Kafka. */
interface Outgoing {
  readonly id: string;
  readonly message: KafkaMessage;
  readonly bytes: number;
}

const BATCH = 2_000;
/** The most bytes sent at once, unless a single event is bigger; well below a broker's usual limit of a million. */
const BATCH_BYTES = 500_000;
const WAIT_MS = 1_000;
const OUTAGE_PAUSE_MS = 500;
/** Longer than `WAIT_MS`. A process that stands still for longer loses the lease to another. */
const LEASE_MS = 5_000;

/**
 * Moves events from one stream of the outbox to Kafka in order, and removes each only when all in-sync replicas have it. Every
 * process has a relay, and a lease lets one of them work. A relay that loses the lease in the middle of a batch sends only events
 * that its successor sends again: consumers get them twice, and the first copies in order. An event that the broker refuses for
 * good becomes a dead letter.
 */
export class OutboxRelay implements Running {
  private readonly redis: Redis;
  private readonly lease: Lease;
  private readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private producer: KafkaProducer | undefined;
  private waiting: Redis | undefined;
  /** Shrinks after the broker refuses several events together. */
  private batchBytes = BATCH_BYTES;

  constructor(
    private readonly client: RedisClient,
    private readonly stream: string,
    private readonly kafka: RelayKafka,
    private readonly topic: string,
    private readonly counts: EventCounts,
    private readonly report: (error: unknown) => void,
    /** Receives the number of events that wait here for Kafka, while this relay works. */
    private readonly onBacklog: (waiting: number) => void,
  ) {
    this.redis = client as Redis;
    this.lease = new Lease(this.redis, `${stream}:relay`, LEASE_MS);
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
        // After a failure the producer's sequence numbers are in doubt: the next batch gets a new producer.
        await this.dropProducer();
        this.dropWaiting();
        await pause(OUTAGE_PAUSE_MS, this.stopping.signal);
      }
    }
    await this.dropProducer();
    this.dropWaiting();
    this.onBacklog(0);
    await this.lease.release().catch(() => undefined);
  }

  private async step(): Promise<void> {
    if (!(await this.lease.hold())) {
      // The relay that works now reports the backlog.
      this.onBacklog(0);
      return pause(WAIT_MS, this.stopping.signal);
    }
    const entries = await this.read('-');
    if (entries.length > 0) return this.relayFrom(entries);
    this.onBacklog(0);
    return this.waitForEvents();
  }

  /** Sends the outbox's events until it is empty. It reads the next events from Redis while Kafka takes the ones before. */
  private async relayFrom(first: readonly Entry[]): Promise<void> {
    const removing = new Removals(this.redis, this.stream);
    let next: Promise<readonly Entry[]> = Promise.resolve([]);
    try {
      for (let entries = first; entries.length > 0; ) {
        next = this.readNext(entries);
        // It may reject before anyone awaits it.
        next.catch(() => undefined);
        for (const batch of this.batchesOf(entries.map(toOutgoing))) {
          if (!this.lease.isHeld || this.stopping.signal.aborted) return;
          if (!(await this.send(batch))) return;
          await removing.add(batch.map(({ id }) => id));
        }
        entries = await next;
      }
    } finally {
      // A reading that ends later would report a backlog that is no longer this relay's.
      await Promise.allSettled([next]);
      await removing.settled();
    }
  }

  /** The events that follow these. Also empty when the lease is lost. */
  private async readNext(entries: readonly Entry[]): Promise<Entry[]> {
    // One round trip for all three.
    const [held, next, waiting] = await Promise.all([
      this.lease.hold(),
      this.read(`(${entries.at(-1)?.[0]}`),
      this.redis.xlen(this.stream),
    ]);
    this.onBacklog(waiting);
    if (waiting >= MOST_WAITING) {
      this.report(
        new Error(`The outbox ${this.stream} is full: its oldest events are dropped until Kafka takes events again.`),
      );
    }
    return held ? next : [];
  }

  private async read(from: string): Promise<Entry[]> {
    return (await this.redis.xrange(this.stream, from, '+', 'COUNT', BATCH)) as Entry[];
  }

  /**
   * Resolves when Kafka has confirmed the events. False if the broker refused: the caller reads the remaining events and cuts new
   * batches.
   */
  private async send(batch: readonly Outgoing[]): Promise<boolean> {
    const producer = await this.readyProducer();
    try {
      await producer.send(batch.map(({ message }) => message));
    } catch (error) {
      if (!(error instanceof RefusedByBroker)) throw error;
      await this.dropProducer();
      const [first, second] = batch;
      if (first !== undefined && second === undefined) await this.giveUp(first, error);
      else this.batchBytes = Math.ceil(batch.reduce((sum, { bytes }) => sum + bytes, 0) / 2);
      return false;
    }
    return true;
  }

  private batchesOf(events: readonly Outgoing[]): Outgoing[][] {
    const batches: Outgoing[][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const event of events) {
      if (bytes + event.bytes > this.batchBytes) {
        batches.push([]);
        bytes = 0;
      }
      bytes += event.bytes;
      batches.at(-1)?.push(event);
    }
    return batches;
  }

  private async giveUp({ id, message, bytes }: Outgoing, error: RefusedByBroker): Promise<void> {
    const letter = { group: message.only ?? EVERY_GROUP, event: message.value, reason: error.message };
    await giveUp(this.redis, this.stream, letter, this.report, (transaction) => transaction.xdel(this.stream, id));
    this.counts.deadLettered++;
    this.report(new Error(`An event of ${bytes} bytes is a dead letter. ${error.message}`));
    this.batchBytes = BATCH_BYTES;
  }

  private async waitForEvents(): Promise<void> {
    this.waiting ??= waitingConnection(this.client, this.stream);
    // A server that was replaced may never answer.
    const tooLong = setTimeout(() => this.dropWaiting(), LEASE_MS);
    try {
      await this.waiting.xread('COUNT', 1, 'BLOCK', WAIT_MS, 'STREAMS', this.stream, '0');
    } finally {
      clearTimeout(tooLong);
    }
  }

  private dropWaiting(): void {
    this.waiting?.disconnect();
    this.waiting = undefined;
  }

  private async readyProducer(): Promise<KafkaProducer> {
    if (this.producer !== undefined) return this.producer;
    await this.kafka.createTopic(this.topic);
    this.producer = await this.kafka.openProducer(this.topic);
    return this.producer;
  }

  private async dropProducer(): Promise<void> {
    await this.producer?.close().catch(() => undefined);
    this.producer = undefined;
  }
}

/** Removes events from the outbox while the next are sent: at most one removal is on its way. */
class Removals {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly redis: Redis,
    private readonly stream: string,
  ) {}

  /** Resolves when the removal before this one has ended. Rejects when that one failed: its events stay, and are sent again. */
  async add(ids: readonly string[]): Promise<void> {
    await this.last;
    this.last = this.redis.xdel(this.stream, ...ids);
    // It may reject before anyone awaits it.
    this.last.catch(() => undefined);
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    await this.last;
  }
}

function toOutgoing([id, pairs]: Entry): Outgoing {
  const { event = '', only } = fieldsOf(pairs);
  // The consumer checks the event, and makes a text that is not an event a dead letter.
  return { id, message: { key: keyOf(event), value: event, only }, bytes: Buffer.byteLength(event) };
}
