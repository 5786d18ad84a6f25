import type { Redis } from 'ioredis';
import { addDeadLetter } from '../dead-letters/redis-dead-letters.js';
import { deliver, type EventCounts, pause, readFor } from '../deliver.js';
import type { ReadEvent } from '../envelope.js';
import type { Running, Subscription } from '../event-transport.js';
import { Lease } from '../lease.js';
import type { RedisClient } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import { waitingConnection } from '../waiting-connection.js';
import { batch, ConsumerGroup, type Pending } from './consumer-group.js';
import type { RedisStreamsOptions } from './redis-streams-transport.js';

/** An event that this group does not pass over. */
interface OwnEvent {
  readonly id: string;
  readonly tries: number;
  readonly text: string;
  readonly read: ReadEvent;
}

const waitMs = 1_000;
const outagePauseMs = 250;
/** Added to the delay of an event at most. */
const passedOverPauseMs = 25;
/** How often lag and what may be removed are looked for. */
const tidyEveryMs = 5_000;

/**
 * One consumer of one group on one stream. It works while it holds the group's lease, the others stand by: so the events of one key
 * are handled one after the other, those of several keys at the same time.
 */
export class StreamConsumer implements Running {
  private readonly redis: Redis;
  private readonly group: ConsumerGroup;
  private readonly lease: Lease;
  private readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  /** Until when the lease is surely ours, by our own clock: counted from before it was asked for. */
  private heldUntil = Number.NEGATIVE_INFINITY;
  private tidiedAt = Number.NEGATIVE_INFINITY;
  /** Open while it works. */
  private waiting: Redis | undefined;

  constructor(
    private readonly client: RedisClient,
    private readonly stream: string,
    private readonly subscription: Subscription,
    private readonly options: RedisStreamsOptions,
    private readonly counts: EventCounts,
    private readonly report: (error: unknown) => void,
    /** Told how many events of the stream the group has not handled, while this consumer works. */
    private readonly onLag: (events: number) => void,
  ) {
    this.redis = client as Redis;
    this.group = new ConsumerGroup(this.redis, stream, subscription.group);
    this.lease = new Lease(this.redis, `${stream}:lease:${subscription.group}`, options.leaseMs ?? 10_000);
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    // Cuts a wait for new events short; what is in hand is finished, what is not begun goes to another consumer.
    this.dropWaiting();
    await this.done;
  }

  private get works(): boolean {
    return !this.stopping.signal.aborted && performance.now() < this.heldUntil;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (await this.hold()) await this.work();
        else await pause(Math.min(waitMs, this.lease.ms), this.stopping.signal);
      } catch (error) {
        if (this.stopping.signal.aborted) break;
        this.report(error);
        await pause(outagePauseMs, this.stopping.signal);
      }
    }
    await this.lease.release().catch(() => undefined);
  }

  private async hold(): Promise<boolean> {
    const asked = performance.now();
    const held = await this.lease.hold();
    this.heldUntil = held ? asked + this.lease.ms : Number.NEGATIVE_INFINITY;
    return held;
  }

  /** Until the lease is lost, closing begins or Redis fails. */
  private async work(): Promise<void> {
    const waiting = waitingConnection(this.client, this.stream);
    this.waiting = waiting;
    const holding = setInterval(() => this.prolong(), this.lease.ms / 3);
    try {
      // Redis may have come back empty: then the group is made anew.
      await this.group.create();
      await this.finishWhatWasBegun();
      while (this.works) {
        await this.tidy();
        const events = await this.group.read(waiting, Math.min(waitMs, this.lease.ms));
        const own = await this.select(events);
        await this.processAll(own);
        // A group that handles one type of many is not woken for each of the others.
        const noneIsOurs = own.length === 0 && events.length > 0 && events.length < batch;
        if (noneIsOurs) await pause(passedOverPauseMs, this.stopping.signal);
      }
    } finally {
      clearInterval(holding);
      this.dropWaiting();
      // Whoever works tells how far the group is behind.
      this.onLag(0);
    }
  }

  /** A renewal that fails is no matter: the next one is in time, or the work ends with the lease, and waits no longer. */
  private async prolong(): Promise<void> {
    await this.hold().catch(() => undefined);
    if (!this.works) this.dropWaiting();
  }

  private dropWaiting(): void {
    this.waiting?.disconnect();
    this.waiting = undefined;
  }

  /** One after the other: so an event that ends its consumer every time is known, and takes no other with it. */
  private async finishWhatWasBegun(): Promise<void> {
    for (;;) {
      const begun = await this.group.unfinished();
      if (begun.length === 0) return;
      for (const event of begun) {
        if (!this.works) return;
        await this.group.beginAgain(event);
        for (const own of await this.select([event])) await this.process(own);
      }
    }
  }

  private async processAll(events: readonly OwnEvent[]): Promise<void> {
    const lanes = lanesOf(events);
    const ends = await Promise.allSettled(lanes.map((lane) => this.processInTurn(lane)));
    // All lanes have come to rest before what failed is begun again.
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Those for this group. The others, often nearly all, are acknowledged at once. */
  private async select(events: readonly Pending[]): Promise<OwnEvent[]> {
    const passedOver: string[] = [];
    const own = events.flatMap(({ id, pairs, tries }) => {
      const { event: text = '', only } = fieldsOf(pairs);
      const read = readFor(this.subscription, text, only);
      if (read !== undefined) return [{ id, tries, text, read }];
      passedOver.push(id);
      return [];
    });
    if (passedOver.length > 0) await this.group.acknowledge(...passedOver);
    return own;
  }

  private async processInTurn(lane: readonly OwnEvent[]): Promise<void> {
    for (const event of lane) {
      if (!this.works) return;
      await this.process(event);
    }
  }

  private async tidy(): Promise<void> {
    if (performance.now() - this.tidiedAt < Math.min(tidyEveryMs, this.lease.ms)) return;
    this.tidiedAt = performance.now();
    this.onLag(await this.group.tidy());
  }

  /** Rejects only when Redis does: then the event stays pending, and comes again. */
  private async process({ id, text, read, tries }: OwnEvent): Promise<void> {
    const { subscription, options, counts, stopping } = this;
    const delivered = await deliver(read, tries, subscription, options, counts, stopping.signal);
    if (delivered.outcome === 'unfinished') return;
    if (delivered.outcome === 'given up') await this.giveUp(id, text, delivered.reason);
    else await this.group.acknowledge(id);
  }

  private async giveUp(id: string, event: string, reason: string): Promise<void> {
    const { group } = this.subscription;
    const transaction = addDeadLetter(this.redis.multi(), this.stream, { group, event, reason });
    await transaction.xack(this.stream, group, id).exec();
    this.counts.deadLettered++;
  }
}

/** The events of one key, in their order. What is no event has no key; such share a lane. */
function lanesOf(events: readonly OwnEvent[]): OwnEvent[][] {
  const lanes = new Map<string | undefined, OwnEvent[]>();
  for (const event of events) {
    const key = event.read.ok ? event.read.event.key : undefined;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [event]);
    else lane.push(event);
  }
  return [...lanes.values()];
}
