import type { Redis } from 'ioredis';
import { byTime, fieldsOf } from '../stream-entry.js';

export interface Pending {
  readonly id: string;
  readonly pairs: readonly string[];
  /** Deliveries before this one. */
  readonly tries: number;
}

/** Events read at once. */
export const BATCH = 512;
/** Acknowledgements sent at once. */
const ACKNOWLEDGE_BATCH = 1_000;
/** One consumer works at a time, so all use one name, and a successor finds the unfinished events under it. */
const CONSUMER = 'holder';

type Entry = [id: string, pairs: string[] | null];

/** A Redis consumer group, as the consumer that holds its lease sees it. */
export class ConsumerGroup {
  private toAcknowledge: string[] = [];
  private acknowledging: Promise<void> | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly stream: string,
    private readonly group: string,
    /** Receives the error of a failed acknowledgement: the handled events then stay pending. */
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Creates the group if it does not exist; a new one begins with the oldest event. */
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
      ...(['GROUP', this.group, CONSUMER, 'COUNT', BATCH, 'BLOCK', waitMs] as const),
      ...(['STREAMS', this.stream, '>'] as const),
    );
    const [[, entries] = ['', []]] = (answer ?? []) as Array<[string, Entry[]]>;
    return entries.map(([id, pairs]) => ({ id, pairs: pairs ?? [], tries: 0 }));
  }

  /**
   * Events that a consumer received and did not finish, oldest first, from the one that follows `after`. `lost` counts those that
   * the full outbox has dropped meanwhile; they are acknowledged.
   */
  async unfinished(after: string | undefined): Promise<{ readonly pending: Pending[]; readonly lost: number }> {
    const from = after === undefined ? '-' : `(${after}`;
    const held = (await this.redis.xpending(this.stream, this.group, from, '+', BATCH)) as Array<
      [id: string, consumer: string, idleMs: number, deliveries: number]
    >;
    const found = await Promise.all(
      held.map(async ([id, , , tries]) => {
        const [entry] = await this.redis.xrange(this.stream, id, id);
        return { id, pairs: entry?.[1], tries };
      }),
    );
    const gone = found.filter(({ pairs }) => pairs === undefined).map(({ id }) => id);
    if (gone.length > 0) await this.redis.xack(this.stream, this.group, ...gone);
    const pending = found.flatMap(({ id, pairs, tries }) => (pairs === undefined ? [] : [{ id, pairs, tries }]));
    return { pending, lost: gone.length };
  }

  /** Counts one more delivery of an unfinished event, in case it kills its consumer. */
  async beginAgain(id: string, tries: number): Promise<void> {
    await this.redis.xclaim(this.stream, this.group, CONSUMER, 0, id, 'RETRYCOUNT', tries + 1, 'JUSTID');
  }

  /** Acknowledges at once, or together with others when a command is on its way. */
  acknowledge(...ids: string[]): void {
    this.toAcknowledge.push(...ids);
    this.acknowledging ??= this.sendAcknowledgements();
  }

  /** Resolves when nothing waits to be acknowledged. */
  async settled(): Promise<void> {
    await this.acknowledging;
  }

  /** How many events this group has not handled, and how many the stream holds. Removes the events that every group has handled. */
  async tidy(): Promise<{ readonly behind: number; readonly length: number }> {
    const groups = ((await this.redis.xinfo('GROUPS', this.stream)) as string[][]).map(fieldsOf);
    let behind = 0;
    const handledUpTo: string[] = [];
    for (const group of groups) {
      const name = group.name ?? '';
      const pending = Number(group.pending);
      const last = group['last-delivered-id'] ?? '0-0';
      if (name === this.group) behind = (await this.notRead(group.lag, last)) + pending;
      const [, oldest] = pending > 0 ? ((await this.redis.xpending(this.stream, name)) as [number, string | null]) : [];
      handledUpTo.push(oldest ?? last);
    }
    const [oldest = '0-0'] = handledUpTo.sort(byTime);
    await this.redis.xtrim(this.stream, 'MINID', oldest);
    return { behind, length: await this.redis.xlen(this.stream) };
  }

  /** Redis gives no `lag` when unread entries were deleted, and never before version 7. */
  private async notRead(lag: unknown, lastDeliveredId: string): Promise<number> {
    if (lag !== undefined && lag !== null) return Number(lag);
    return (await this.redis.xrange(this.stream, `(${lastDeliveredId}`, '+', 'COUNT', 10_000)).length;
  }

  private async sendAcknowledgements(): Promise<void> {
    try {
      while (this.toAcknowledge.length > 0) {
        await this.redis.xack(this.stream, this.group, ...this.toAcknowledge.splice(0, ACKNOWLEDGE_BATCH));
      }
    } catch (error) {
      this.toAcknowledge = [];
      this.onFailure(error);
    } finally {
      this.acknowledging = undefined;
    }
  }
}
