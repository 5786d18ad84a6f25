import type { ChainableCommander, Redis } from 'ioredis';
import { Outbox, type RedisClient } from '../outbox.js';
import { byTime, fieldsOf } from '../stream-entry.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';

type Entry = [id: string, pairs: string[]];

/** KEYS: dead letters, outbox. ARGV: id of the letter, event, group. The letter is gone exactly when the event is back. */
const replayScript = `
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'event', ARGV[2], 'only', ARGV[3])
return 1
`;

/**
 * Dead letters of any transport, in the Redis Stream `<prefix>events:dead`, on a Cluster in one beside each stream of the outbox: a
 * replay goes through the outbox like any event.
 */
export class RedisDeadLetters implements DeadLetters {
  private readonly redis: Redis;
  private readonly outbox: Outbox;

  constructor(redis: RedisClient, prefix: string) {
    this.redis = redis as Redis;
    this.outbox = new Outbox(redis, prefix);
  }

  async list(most = 100): Promise<DeadLetter[]> {
    const read = (stream: string) => this.redis.xrange(deadLettersOf(stream), '-', '+', 'COUNT', most);
    const found = await Promise.all(this.outbox.streams.map(read));
    return found
      .flatMap((entries, partition) => entries.map((entry) => ({ entry, partition })))
      .sort(({ entry: [a] }, { entry: [b] }) => byTime(a, b))
      .slice(0, most)
      .map(({ entry, partition }) => this.toLetter(entry, partition));
  }

  async replay(id: string): Promise<boolean> {
    const [, partition = '0', entryId] = /^(?:(\d{1,3}):)?(\d+-\d+)$/.exec(id) ?? [];
    const stream = this.outbox.streams[Number(partition)];
    if (entryId === undefined || stream === undefined) return false;
    const dead = deadLettersOf(stream);
    const [entry] = await this.redis.xrange(dead, entryId, entryId);
    if (entry === undefined) return false;
    const { event, group } = this.toLetter(entry, Number(partition));
    return (await this.redis.eval(replayScript, 2, dead, stream, entryId, event, group)) === 1;
  }

  /** The ids of several streams may be the same: on a Cluster the partition is put before them. */
  private toLetter([id, pairs]: Entry, partition: number): DeadLetter {
    const { group = '', reason = '', at = '', event = '' } = fieldsOf(pairs);
    return { id: this.outbox.partitioned ? `${partition}:${id}` : id, group, reason, at, event };
  }
}

/** Adds a letter beside a stream of the outbox as part of a transaction. */
export function addDeadLetter(
  transaction: ChainableCommander,
  stream: string,
  { group, event, reason }: Pick<DeadLetter, 'group' | 'event' | 'reason'>,
): ChainableCommander {
  const letter = ['group', group, 'reason', reason, 'at', new Date().toISOString(), 'event', event];
  return transaction.xadd(deadLettersOf(stream), '*', ...letter);
}

function deadLettersOf(stream: string): string {
  return `${stream}:dead`;
}
