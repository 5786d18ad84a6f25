import type { Redis } from 'ioredis';
import { giveUp } from '../dead-letters/redis-dead-letters.js';
import { deliver, type EventCounts, pause, readFor } from '../deliver.js';
import type { Running, Subscription } from '../event-transport.js';
import { Lease } from '../lease.js';
import { Outbox, type RedisClient } from '../outbox.js';
import type { KafkaClient, KafkaConsumer, KafkaRecord, PartitionOffsets } from './kafka-client.js';
import type { KafkaOptions } from './kafka-options.js';
import { PartitionWork } from './partition-work.js';
import { topicOf } from './topic.js';

const OUTAGE_PAUSE_MS = 500;
/** How often positions are committed: after a kill, the events handled since the last commit are handled again. */
const COMMIT_EVERY_MS = 100;
/** How often the consumer asks the broker for the group's lag. */
const LAG_EVERY_MS = 2_000;
/** A consumer that stands still for longer loses its partitions. */
const LEASE_MS = 10_000;
/** The most events that one consumer has read and not finished, those of stuck keys included. It bounds memory. */
const MOST_IN_HAND = 20_000;

/** One consumer of one group, which works on the partitions that the broker assigns to it. */
export class TopicConsumer implements Running {
  private readonly topic: string;
  private readonly groupId: string;
  private readonly outbox: Outbox;
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private works = new Map<number, PartitionWork>();
  /** Work on partitions that belong to another consumer now, until the events in hand have ended. */
  private readonly ending = new Set<Promise<void>>();
  private fail: (error: unknown) => void = () => undefined;
  private committing: Promise<void> | undefined;
  /** The offsets when the consumer began; empty once it has been given partitions. */
  private offsetsBefore = new Map<number, PartitionOffsets>();

  constructor(
    private readonly redis: RedisClient,
    private readonly kafka: KafkaClient,
    private readonly subscription: Subscription,
    private readonly options: KafkaOptions,
    private readonly counts: EventCounts,
    private readonly report: (error: unknown) => void,
    /** Receives how many events of this consumer's partitions are not handled. */
    private readonly onLag: (events: number) => void,
  ) {
    this.topic = topicOf(options.prefix);
    this.groupId = `${this.topic}.${subscription.group}`;
    this.outbox = new Outbox(redis, options.prefix);
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.consume();
      } catch (error) {
        this.report(error);
      }
      await pause(OUTAGE_PAUSE_MS, this.stopping.signal);
    }
  }

  /** Works until closing begins; rejects when the consumer cannot go on. */
  private async consume(): Promise<void> {
    await this.kafka.createTopic(this.topic);
    this.offsetsBefore = new Map(await this.kafka.offsets(this.topic, this.groupId));
    const ended = new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
      if (this.stopping.signal.aborted) resolve();
    });
    // It may reject before anyone awaits it.
    ended.catch(() => undefined);
    let consumer: KafkaConsumer | undefined;
    let ending = false;
    let committing: NodeJS.Timeout | undefined;
    let watching: NodeJS.Timeout | undefined;
    try {
      const opened = await this.kafka.openConsumer({
        topic: this.topic,
        groupId: this.groupId,
        // A rebalance may end while this consumer closes: work that begins then would never be stopped.
        onAssigned: (partitions) => ending || this.assign(partitions),
        onRebalancing: () => void (consumer && this.commit(consumer)),
        onRecords: (partition, records) => this.take(partition, records),
      });
      consumer = opened;
      committing = setInterval(() => this.commit(opened), COMMIT_EVERY_MS);
      watching = setInterval(() => this.watchLag(), LAG_EVERY_MS);
      await Promise.race([ended, opened.ended]);
    } finally {
      ending = true;
      clearInterval(watching);
      // The events in hand are finished, and committed, before the partitions go to others.
      const works = [...this.works.values()];
      await Promise.all([...works.map((work) => work.stop()), ...this.ending]);
      clearInterval(committing);
      // A commit that is already on its way may hold older positions.
      await this.committing;
      if (consumer !== undefined) await this.commit(consumer);
      this.works.clear();
      this.onLag(0);
      await consumer?.close().catch(this.report);
    }
  }

  private assign(partitions: readonly number[]): void {
    for (const [partition, work] of this.works) {
      if (partitions.includes(partition)) continue;
      this.works.delete(partition);
      const ending = work.stop().finally(() => this.ending.delete(ending));
      this.ending.add(ending);
    }
    for (const partition of partitions) {
      if (!this.works.has(partition)) this.works.set(partition, this.begin(partition));
      const { committed, low } = this.offsetsBefore.get(partition) ?? {};
      if (committed !== undefined && low !== undefined) this.countLost(partition, committed, low);
    }
    this.offsetsBefore.clear();
  }

  private begin(partition: number): PartitionWork {
    const key = `${this.options.prefix}events:kafka:${this.subscription.group}:${partition}`;
    return new PartitionWork({
      lease: new Lease(this.redis as Redis, key, LEASE_MS),
      process: (record, ending) => this.process(record, ending),
      onFailure: (error) => this.fail(error),
      onGap: (from, to) => this.explainGap(partition, from, to),
      report: this.report,
    });
  }

  private async take(partition: number, records: readonly KafkaRecord[]): Promise<void> {
    const work = this.works.get(partition);
    if (work === undefined || this.stopping.signal.aborted) return;
    work.take(records);
    const inHand = () => [...this.works.values()].reduce((sum, { size }) => sum + size, 0);
    while (this.works.get(partition) === work && inHand() >= MOST_IN_HAND) {
      // Waits until the fullest partition has finished an event.
      const [fullest = work] = [...this.works.values()].sort((a, b) => b.size - a.size);
      const { size } = fullest;
      await fullest.until(() => fullest.size < size);
      if (this.stopping.signal.aborted) return;
    }
  }

  /** Sends one commit at a time; events finished meanwhile go with the next. */
  private commit(consumer: KafkaConsumer): Promise<void> {
    this.committing ??= this.sendCommit(consumer).finally(() => {
      this.committing = undefined;
    });
    return this.committing;
  }

  private async sendCommit(consumer: KafkaConsumer): Promise<void> {
    const offsets = new Map<number, bigint>();
    const works = new Map(this.works);
    for (const [partition, work] of works) {
      const offset = work.toCommit();
      if (offset !== undefined) offsets.set(partition, offset);
    }
    if (offsets.size === 0) return;
    try {
      await consumer.commit(offsets);
      for (const [partition, offset] of offsets) works.get(partition)?.committed(offset);
    } catch (error) {
      // The broker refuses commits during a rebalance: the next owner begins at the last one that succeeded.
      this.report(error);
    }
  }

  private async watchLag(): Promise<void> {
    try {
      const offsets = await this.kafka.offsets(this.topic, this.groupId);
      let behind = 0n;
      for (const [partition, work] of this.works) {
        const { committed, low, high } = offsets.get(partition) ?? { committed: 0n, low: 0n, high: 0n };
        // The previous owner may commit after a rebalance and set the group back, so our position is committed again.
        work.committed(committed);
        const from = committed === undefined || committed < low ? low : committed;
        if (high > from) behind += high - from;
      }
      this.onLag(Number(behind));
    } catch (error) {
      this.report(error);
    }
  }

  /** Records may be missing for other reasons too, such as a topic that is compacted. */
  private async explainGap(partition: number, from: bigint, to: bigint): Promise<void> {
    try {
      const { low } = (await this.kafka.offsets(this.topic, this.groupId)).get(partition) ?? { low: 0n };
      this.countLost(partition, from, low < to ? low : to);
    } catch (error) {
      this.report(error);
    }
  }

  private countLost(partition: number, from: bigint, to: bigint): void {
    if (to <= from) return;
    this.counts.lost += Number(to - from);
    this.report(
      new Error(
        `Kafka has deleted ${to - from} events of ${this.topic}, partition ${partition}, before the group ${this.subscription.group} handled them: raise the retention of the topic.`,
      ),
    );
  }

  /** False if `ending` aborts between two tries. Rejects only on an error of Redis; the event then comes again. */
  private async process(record: KafkaRecord, ending: AbortSignal): Promise<boolean> {
    const { subscription, options, counts } = this;
    const read = readFor(subscription, record.value, record.only);
    if (read === undefined) return true;
    const delivered = await deliver(read, 0, subscription, options, counts, ending);
    if (delivered.outcome === 'given up') {
      const letter = { group: subscription.group, event: record.value, reason: delivered.reason };
      await giveUp(this.redis as Redis, this.outbox.key(record.key ?? record.value), letter, this.report);
      counts.deadLettered++;
    }
    return delivered.outcome !== 'unfinished';
  }
}
