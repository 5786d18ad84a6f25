import type { Redis } from 'ioredis';
import { fieldsOf } from '../stream-entry.js';

export interface Pending {
  readonly id: string;
  readonly pairs: readonly string[];
  /** Deliveries before this one. */
  readonly tries: number;
}

const batch = 16;

type Entry = [id: string, pairs: string[] | null];

/** One consumer's view of a Redis consumer group. */
export class ConsumerGroup {
  constructor(
    private readonly redis: Redis,
    private readonly stream: string,
    private readonly group: string,
    private readonly consumer: string,
  ) {}

  /** A new group begins with the oldest event there is. */
  async create(): Promise<void> {
    try {
      await this.redis.xgroup('CREATE', this.stream, this.group, '0', 'MKSTREAM');
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
    }
  }

  /** Waits for new events on a connection that does nothing else. */
  async read(waiting: Redis, waitMs: number): Promise<Pending[]> {
    const answer = await waiting.xreadgroup(
      ...(['GROUP', this.group, this.consumer, 'COUNT', batch, 'BLOCK', waitMs] as const),
      ...(['STREAMS', this.stream, '>'] as const),
    );
    const [[, entries] = ['', []]] = (answer ?? []) as Array<[string, Entry[]]>;
    return entries.map(([id, pairs]) => ({ id, pairs: pairs ?? [], tries: 0 }));
  }

  /** Takes over what other consumers have held for this long: they are dead, or as good as. */
  async claim(idleMs: number): Promise<Pending[]> {
    const held = (await this.redis.xpending(this.stream, this.group, 'IDLE', idleMs, '-', '+', batch)) as Array<
      [id: string, consumer: string, idleMs: number, deliveries: number]
    >;
    if (held.length === 0) return [];
    const ids = held.map(([id]) => id);
    const claimed = (await this.redis.xclaim(this.stream, this.group, this.consumer, idleMs, ...ids)) as Entry[];
    const deliveries = new Map(held.map(([id, , , count]) => [id, count]));
    return claimed.map(([id, pairs]) => ({ id, pairs: pairs ?? [], tries: deliveries.get(id) ?? 1 }));
  }

  async acknowledge(id: string): Promise<void> {
    await this.redis.xack(this.stream, this.group, id);
  }

  /** Removes what every group has handled; resolves to how many events this group has not. */
  async tidy(): Promise<number> {
    const groups = (await this.redis.xinfo('GROUPS', this.stream)) as string[][];
    let behind = 0;
    const handledUpTo: string[] = [];
    for (const group of groups.map(fieldsOf)) {
      const name = group.name ?? '';
      const pending = Number(group.pending);
      if (name === this.group) behind = Number(group.lag ?? 0) + pending;
      const [, oldest] = pending > 0 ? ((await this.redis.xpending(this.stream, name)) as [number, string | null]) : [];
      handledUpTo.push(oldest ?? group['last-delivered-id'] ?? '0-0');
    }
    const [oldest = '0-0'] = handledUpTo.sort(byTime);
    await this.redis.xtrim(this.stream, 'MINID', oldest);
    return behind;
  }

  /** Takes the consumer off the group's list, unless it still holds events that must be claimed from it. */
  async leave(): Promise<void> {
    const [count] = (await this.redis.xpending(this.stream, this.group, '-', '+', 1, this.consumer)) as unknown[];
    if (count === undefined) await this.redis.xgroup('DELCONSUMER', this.stream, this.group, this.consumer);
  }
}

function byTime(a: string, b: string): number {
  const [aMs = 0, aSequence = 0] = a.split('-').map(Number);
  const [bMs = 0, bSequence = 0] = b.split('-').map(Number);
  return aMs - bMs || aSequence - bSequence;
}
