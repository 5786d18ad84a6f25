import type { Redis } from 'ioredis';
import { byTime, fieldsOf } from '../stream-entry.js';

export interface Pending {
  readonly id: string;
  readonly pairs: readonly string[];
  /** Deliveries before this one. */
  readonly tries: number;
}

/** Events read at once. */
export const batch = 64;
/** One consumer works at a time, so the group needs one name: who takes over has at once what was left unfinished. */
const consumer = 'holder';

type Entry = [id: string, pairs: string[] | null];

/** A Redis consumer group, as the consumer that holds its lease sees it. */
export class ConsumerGroup {
  constructor(
    private readonly redis: Redis,
    private readonly stream: string,
    private readonly group: string,
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
      ...(['GROUP', this.group, consumer, 'COUNT', batch, 'BLOCK', waitMs] as const),
      ...(['STREAMS', this.stream, '>'] as const),
    );
    const [[, entries] = ['', []]] = (answer ?? []) as Array<[string, Entry[]]>;
    return entries.map(([id, pairs]) => ({ id, pairs: pairs ?? [], tries: 0 }));
  }

  /** What was given before and never finished, oldest first: that comes before anything new. */
  async unfinished(): Promise<Pending[]> {
    const held = (await this.redis.xpending(this.stream, this.group, '-', '+', batch)) as Array<
      [id: string, consumer: string, idleMs: number, deliveries: number]
    >;
    const pending: Pending[] = [];
    for (const [id, , , tries] of held) {
      const [entry] = await this.redis.xrange(this.stream, id, id);
      if (entry !== undefined) pending.push({ id, pairs: entry[1], tries });
      // Dropped beyond the bound of the outbox.
      else await this.acknowledge(id);
    }
    return pending;
  }

  /** Remembers that an unfinished event is begun again, for the case that it ends its consumer. */
  async beginAgain({ id, tries }: Pending): Promise<void> {
    await this.redis.xclaim(this.stream, this.group, consumer, 0, id, 'RETRYCOUNT', tries + 1, 'JUSTID');
  }

  async acknowledge(...ids: string[]): Promise<void> {
    await this.redis.xack(this.stream, this.group, ...ids);
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
}
