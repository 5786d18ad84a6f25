import type { ChainableCommander, Redis } from 'ioredis';
import { readEvent } from '../envelope.js';
import { Outbox, type RedisClient } from '../outbox.js';
import { byTime, fieldsOf } from '../stream-entry.js';
import { type DeadLetter, type DeadLetters, type ReplayedAll, UnreadableEventError } from './dead-letters.js';

type Entry = [id: string, pairs: string[]];

/** The most letters of one stream. It bounds memory: Redis drops the oldest beyond it. */
export const MOST_DEAD_LETTERS = 100_000;
/** The group of a letter whose event reached no group. */
export const EVERY_GROUP = '*';
const PAGE = 100;
const REPLAY_BATCH = 1_000;

/** KEYS: dead letters, outbox. ARGV: id of the letter, event, group or nothing. Removes the letter and adds the event in one step. */
const REPLAY_SCRIPT = `
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[3] == '' then redis.call('XADD', KEYS[2], '*', 'event', ARGV[2])
else redis.call('XADD', KEYS[2], '*', 'event', ARGV[2], 'only', ARGV[3]) end
return 1
`;

/**
 * Keeps the dead letters of any transport in the Redis Stream `<prefix>events:dead`. On a Cluster each stream of the outbox has
 * its own beside it, because a replay goes through the outbox like any event.
 */
export class RedisDeadLetters implements DeadLetters {
  private readonly redis: Redis;
  private readonly outbox: Outbox;

  constructor(redis: RedisClient, prefix: string) {
    this.redis = redis as Redis;
    this.outbox = new Outbox(redis, prefix);
  }

  async list(most = PAGE, after?: string): Promise<DeadLetter[]> {
    const position = after === undefined ? undefined : this.position(after);
    if (after !== undefined && position === undefined) return [];
    // Letters of two streams may have the same id: the order of the streams then decides.
    const from = (partition: number) => {
      if (position === undefined) return '-';
      return partition <= position.partition ? `(${position.entryId}` : position.entryId;
    };
    const read = (stream: string, partition: number) =>
      this.redis.xrange(deadLettersOf(stream), from(partition), '+', 'COUNT', most);
    const found = await Promise.all(this.outbox.streams.map(read));
    return found
      .flatMap((entries, partition) => entries.map((entry) => ({ entry, partition })))
      .sort((a, b) => byTime(a.entry[0], b.entry[0]) || a.partition - b.partition)
      .slice(0, most)
      .map(({ entry, partition }) => this.toLetter(entry, partition));
  }

  async count(): Promise<number> {
    const lengths = await Promise.all(this.outbox.streams.map((stream) => this.redis.xlen(deadLettersOf(stream))));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  async replay(id: string): Promise<boolean> {
    const { stream, entryId, partition } = this.position(id) ?? {};
    if (stream === undefined || entryId === undefined || partition === undefined) return false;
    const dead = deadLettersOf(stream);
    const [entry] = await this.redis.xrange(dead, entryId, entryId);
    if (entry === undefined) return false;
    const { event, group } = this.toLetter(entry, partition);
    const read = readEvent(event);
    if (!read.ok && !read.unknown) throw new UnreadableEventError(id, read.reason);
    const only = group === EVERY_GROUP ? '' : group;
    return (await this.redis.eval(REPLAY_SCRIPT, 2, dead, stream, entryId, event, only)) === 1;
  }

  async replayAll(most = REPLAY_BATCH): Promise<ReplayedAll> {
    const all = await this.count();
    const replayed: string[] = [];
    let [unreadable, seen] = [0, 0];
    // It takes as many letters as there were at the start, because a letter that fails again comes after them.
    for await (const { id } of this.pages(all)) {
      seen++;
      try {
        if (await this.replay(id)) replayed.push(id);
      } catch (error) {
        if (!(error instanceof UnreadableEventError)) throw error;
        unreadable++;
      }
      if (replayed.length >= most) break;
    }
    return { replayed, unreadable, left: all - seen };
  }

  async discard(id: string): Promise<boolean> {
    const { stream, entryId } = this.position(id) ?? {};
    if (stream === undefined || entryId === undefined) return false;
    return (await this.redis.xdel(deadLettersOf(stream), entryId)) === 1;
  }

  async discardUnreadable(): Promise<number> {
    let discarded = 0;
    for await (const { id, event } of this.pages(await this.count())) {
      const read = readEvent(event);
      if (!read.ok && !read.unknown && (await this.discard(id))) discarded++;
    }
    return discarded;
  }

  private async *pages(most: number): AsyncGenerator<DeadLetter> {
    let left = most;
    for (let after: string | undefined; left > 0; ) {
      const page = await this.list(Math.min(PAGE, left), after);
      if (page.length === 0) return;
      yield* page;
      left -= page.length;
      after = page.at(-1)?.id;
    }
  }

  /** Letters of two streams may have the same id, so on a Cluster the partition stands before it. */
  private toLetter([id, pairs]: Entry, partition: number): DeadLetter {
    const { group = '', reason = '', at = '', event = '' } = fieldsOf(pairs);
    return { id: this.outbox.partitioned ? `${partition}:${id}` : id, group, reason, at, event };
  }

  private position(id: string) {
    const [, partition = '0', entryId] = /^(?:(\d{1,3}):)?(\d{1,20}-\d{1,20})$/.exec(id) ?? [];
    const stream = this.outbox.streams[Number(partition)];
    return entryId === undefined || stream === undefined
      ? undefined
      : { partition: Number(partition), stream, entryId };
  }
}

/**
 * Adds a letter beside a stream of the outbox, in one transaction with the commands of `also`. Reports when the letters reach
 * their bound.
 */
export async function giveUp(
  redis: Redis,
  stream: string,
  { group, event, reason }: Pick<DeadLetter, 'group' | 'event' | 'reason'>,
  report: (error: unknown) => void,
  also: (transaction: ChainableCommander) => ChainableCommander = (transaction) => transaction,
): Promise<void> {
  const dead = deadLettersOf(stream);
  const letter = ['group', group, 'reason', reason, 'at', new Date().toISOString(), 'event', event];
  const transaction = redis.multi().xadd(dead, 'MAXLEN', '~', MOST_DEAD_LETTERS, '*', ...letter);
  await also(transaction).exec();
  if ((await redis.xlen(dead)) >= MOST_DEAD_LETTERS) {
    report(
      new Error(
        `The dead letters ${dead} are full: the oldest are dropped. Mend the cause, then replay or discard them.`,
      ),
    );
  }
}

function deadLettersOf(stream: string): string {
  return `${stream}:dead`;
}
