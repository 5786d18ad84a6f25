import { setMaxListeners } from 'node:events';
import { pause } from '../deliver.js';
import { Lanes } from '../lanes.js';
import type { Lease } from '../lease.js';
import type { KafkaRecord } from './kafka-client.js';

/** Keys of a partition handled at the same time, not counting slow ones. */
const AT_ONCE = 64;
/** Pause between attempts to take the lease of a partition that another consumer still works on. */
const LEASE_RETRY_MS = 100;

interface Taken {
  readonly record: KafkaRecord;
  done: boolean;
}

export interface PartitionWorkOptions {
  readonly lease: Lease;
  /** Handles one event, with its tries. False if `ending` aborts between two tries. Rejects only on an error of Redis. */
  readonly process: (record: KafkaRecord, ending: AbortSignal) => Promise<boolean>;
  readonly onFailure: (error: unknown) => void;
  /** Receives the range of offsets whose records are missing. */
  readonly onGap: (from: bigint, to: bigint) => void;
  readonly report: (error: unknown) => void;
}

/**
 * The events of one partition that a consumer has in hand: those of one key in order, several keys at the same time. It works while
 * it holds the partition's lease in Redis, because the consumer that had the partition before may still have a slow event in hand.
 */
export class PartitionWork {
  private readonly lanes: Lanes<Taken>;
  private readonly ending = new AbortController();
  private readonly ended = new AbortController();
  private readonly holding: Promise<void>;
  /** In the order of the topic, the oldest that is not finished first. */
  private inOrder: Taken[] = [];
  private first = 0;
  private next: bigint | undefined;
  private lastCommitted: bigint | undefined;

  constructor(private readonly options: PartitionWorkOptions) {
    this.lanes = new Lanes<Taken>(
      {
        work: (taken) => this.work(taken),
        mayStart: () => options.lease.isHeld,
        onFailure: options.onFailure,
      },
      AT_ONCE,
    );
    // Every event that waits for its next try adds a listener.
    setMaxListeners(0, this.ending.signal);
    this.holding = this.hold();
  }

  /** Events that are not finished. */
  get size(): number {
    return this.lanes.size;
  }

  /** Takes records, and passes over those that it has taken before. */
  take(records: readonly KafkaRecord[]): void {
    for (const record of records) {
      if (this.next !== undefined && record.offset < this.next) continue;
      if (this.next !== undefined && record.offset > this.next) this.options.onGap(this.next, record.offset);
      this.next = record.offset + 1n;
      const taken = { record, done: false };
      this.inOrder.push(taken);
      this.lanes.add(record.key === undefined ? 'no event' : `key ${record.key}`, taken);
    }
  }

  /** Resolves when the condition is true, which may depend on `size`. */
  until(isDue: () => boolean): Promise<void> {
    return this.lanes.until(isDue);
  }

  /** The offset up to which every event is finished; undefined if that is committed already. */
  toCommit(): bigint | undefined {
    while (this.inOrder[this.first]?.done) this.first++;
    const offset = this.inOrder[this.first]?.record.offset ?? this.next;
    if (this.first > 1_000) {
      this.inOrder = this.inOrder.slice(this.first);
      this.first = 0;
    }
    return offset === this.lastCommitted ? undefined : offset;
  }

  /** Receives the broker's position of the group; undefined if it has none. */
  committed(offset: bigint | undefined): void {
    this.lastCommitted = offset;
  }

  /** Begins no more events; resolves when those in hand have ended, and then lets another consumer have the partition. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.lanes.stop();
    this.ended.abort();
    await this.holding;
  }

  private async work(taken: Taken): Promise<void> {
    taken.done = await this.options.process(taken.record, this.ending.signal);
  }

  private async hold(): Promise<void> {
    const { lease, report } = this.options;
    while (!this.ended.signal.aborted) {
      const held = await lease.hold().catch((error) => {
        report(error);
        return lease.isHeld;
      });
      this.lanes.start();
      await pause(held ? lease.ms / 3 : LEASE_RETRY_MS, this.ended.signal);
    }
    await lease.release().catch(() => undefined);
  }
}
