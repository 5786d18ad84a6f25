import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import { giveUp } from '../dead-letters/redis-dead-letters.js';
import { deliver, type EventCounts, pause, readFor } from '../deliver.js';
import type { ReadEvent } from '../envelope.js';
import type { Running, Subscription } from '../event-transport.js';
import { Lanes } from '../lanes.js';
import { Lease } from '../lease.js';
import { MOST_WAITING, type RedisClient } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import { waitingConnection } from '../waiting-connection.js';
import { BATCH, ConsumerGroup, type Pending } from './consumer-group.js';
import type { RedisStreamsOptions } from './redis-streams-transport.js';

/** An event that this group does not pass over. */
interface OwnEvent {
  readonly id: string;
  readonly tries: number;
  /** Another consumer received it and did not finish. */
  readonly again: boolean;
  readonly text: string;
  readonly read: ReadEvent;
}

const WAIT_MS = 1_000;
const OUTAGE_PAUSE_MS = 250;
/** The most that the pause adds to the delay of an event. */
const PASSED_OVER_PAUSE_MS = 25;
/** How often the consumer reads the lag and removes handled events. */
const TIDY_EVERY_MS = 2_000;
/** Keys handled at the same time, not counting slow ones. */
const AT_ONCE = 64;
/** The most events read and not finished, those of stuck keys included. It bounds memory. */
const MOST_IN_HAND = 50_000;

/**
 * One consumer of one group on one stream. It works while it holds the group's lease, and the others stand by. It handles the
 * events of one key one after the other, those of several keys at the same time.
 */
export class StreamConsumer implements Running {
  private readonly redis: Redis;
  private readonly group: ConsumerGroup;
  private readonly lease: Lease;
  private readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private tidiedAt = Number.NEGATIVE_INFINITY;
  /** Open while it works. */
  private waiting: Redis | undefined;
  private lanes: Lanes<OwnEvent> | undefined;
  /** Aborts when no more work may begin. */
  private interrupted = new AbortController();
  private failure: unknown;

  constructor(
    private readonly client: RedisClient,
    private readonly stream: string,
    private readonly subscription: Subscription,
    private readonly options: RedisStreamsOptions,
    private readonly counts: EventCounts,
    private readonly report: (error: unknown) => void,
    /** Receives the number of events that the group has not handled, while this consumer works. */
    private readonly onLag: (events: number) => void,
  ) {
    this.redis = client as Redis;
    this.group = new ConsumerGroup(this.redis, stream, subscription.group, (error) => this.fail(error));
    this.lease = new Lease(this.redis, `${stream}:lease:${subscription.group}`, options.leaseMs ?? 10_000);
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    // Ends the wait for new events. This consumer finishes the events in hand and leaves the others to another.
    this.interrupt();
    await this.done;
  }

  private get works(): boolean {
    return !this.stopping.signal.aborted && this.lease.isHeld && this.failure === undefined;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (await this.lease.hold()) await this.work();
        else await pause(Math.min(WAIT_MS, this.lease.ms), this.stopping.signal);
      } catch (error) {
        if (this.stopping.signal.aborted) break;
        this.report(error);
        await pause(OUTAGE_PAUSE_MS, this.stopping.signal);
      }
    }
    await this.lease.release().catch(() => undefined);
  }

  /** Works until the lease is lost, closing begins or Redis fails. */
  private async work(): Promise<void> {
    this.failure = undefined;
    this.interrupted = new AbortController();
    // Every event that waits for its next try adds a listener.
    setMaxListeners(0, this.interrupted.signal);
    const waiting = waitingConnection(this.client, this.stream);
    this.waiting = waiting;
    const lanes = new Lanes<OwnEvent>(
      {
        work: (event) => this.process(event),
        mayStart: () => this.works,
        onFailure: (error) => this.fail(error),
      },
      1,
    );
    this.lanes = lanes;
    const holding = setInterval(() => this.prolong(), this.lease.ms / 3);
    const tidying = setInterval(() => this.tidy(), Math.min(TIDY_EVERY_MS, this.lease.ms));
    try {
      // Redis may have come back empty, so the group is created again.
      await this.group.create();
      await this.tidy();
      await this.beginAgain(lanes);
      lanes.atOnce = AT_ONCE;
      lanes.start();
      while (this.works) {
        await lanes.until(() => lanes.waiting < AT_ONCE && lanes.size < MOST_IN_HAND);
        if (!this.works) break;
        const events = await this.group.read(waiting, Math.min(WAIT_MS, this.lease.ms));
        const own = this.select(events, false);
        for (const event of own) lanes.add(laneOf(event), event);
        // Without this pause a group that handles one type of many would wake up for each of the others.
        const noneIsOurs = own.length === 0 && events.length > 0 && events.length < BATCH;
        if (noneIsOurs) await pause(PASSED_OVER_PAUSE_MS, this.stopping.signal);
      }
      if (this.failure !== undefined) throw this.failure;
    } finally {
      this.interrupt();
      // The lease is released after every event in hand has ended. Otherwise another consumer would begin the same events.
      await lanes.stop();
      await this.group.settled();
      clearInterval(holding);
      clearInterval(tidying);
      // The consumer that works reports how far the group is behind.
      this.onLag(0);
    }
  }

  /** A single failed renewal does no harm: the next one comes in time. When the lease has run out, the work ends. */
  private async prolong(): Promise<void> {
    await this.lease.hold().catch(() => undefined);
    if (!this.lease.isHeld) this.interrupt();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.interrupt();
  }

  /** Begins no more events, and ends the wait for new ones. */
  private interrupt(): void {
    this.waiting?.disconnect();
    this.waiting = undefined;
    this.interrupted.abort();
    void this.lanes?.stop();
  }

  /**
   * Handles the events that an earlier consumer did not finish, before any new ones. Each begins when the one before has ended or
   * is slow. This isolates an event that kills its consumer every time, and an event that hangs holds up no other key.
   */
  private async beginAgain(lanes: Lanes<OwnEvent>): Promise<void> {
    for (let after: string | undefined; this.works; ) {
      const { pending, lost } = await this.group.unfinished(after);
      if (lost > 0) {
        this.counts.lost += lost;
        this.report(
          new Error(`${lost} events of ${this.stream} were dropped from the full outbox before they were handled.`),
        );
      }
      for (const event of this.select(pending, true)) lanes.add(laneOf(event), event);
      if (pending.length + lost < BATCH) break;
      after = pending.at(-1)?.id ?? after;
    }
    await lanes.until(() => lanes.waiting === 0);
  }

  /** The events for this group. The others, often nearly all, are acknowledged at once. */
  private select(events: readonly Pending[], again: boolean): OwnEvent[] {
    const passedOver: string[] = [];
    const own = events.flatMap(({ id, pairs, tries }) => {
      const { event: text = '', only } = fieldsOf(pairs);
      const read = readFor(this.subscription, text, only);
      if (read !== undefined) return [{ id, tries, again, text, read }];
      passedOver.push(id);
      return [];
    });
    if (passedOver.length > 0) this.group.acknowledge(...passedOver);
    return own;
  }

  private async tidy(): Promise<void> {
    if (!this.works || performance.now() - this.tidiedAt < Math.min(TIDY_EVERY_MS, this.lease.ms) / 2) return;
    this.tidiedAt = performance.now();
    try {
      const { behind, length } = await this.group.tidy();
      if (this.lease.isHeld) this.onLag(behind);
      if (length >= MOST_WAITING) {
        this.report(
          new Error(
            `The outbox ${this.stream} is full: its oldest events are dropped. Let a group that does not work catch up, or remove it.`,
          ),
        );
      }
    } catch (error) {
      this.report(error);
    }
  }

  /** Rejects only on an error of Redis; the event then stays pending and comes again. */
  private async process({ id, text, read, tries, again }: OwnEvent): Promise<void> {
    const { subscription, options, counts } = this;
    if (again) await this.group.beginAgain(id, tries);
    const delivered = await deliver(read, tries, subscription, options, counts, this.interrupted.signal);
    if (delivered.outcome === 'done') this.group.acknowledge(id);
    if (delivered.outcome !== 'given up') return;
    const { group } = subscription;
    const letter = { group, reason: delivered.reason, event: text };
    await giveUp(this.redis, this.stream, letter, this.report, (transaction) =>
      transaction.xack(this.stream, group, id),
    );
    counts.deadLettered++;
  }
}

/** Texts that are not events have no key and share a lane. */
function laneOf({ read }: OwnEvent): string {
  return read.ok ? `key ${read.event.key}` : 'no event';
}
