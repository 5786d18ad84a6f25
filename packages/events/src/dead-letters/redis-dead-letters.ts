import type { ChainableCommander, Redis } from 'ioredis';
import { outboxKey } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';

/** KEYS: dead letters, outbox. ARGV: id of the letter, event, group. The letter is gone exactly when the event is back. */
const replayScript = `
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'event', ARGV[2], 'only', ARGV[3])
return 1
`;

/** Dead letters of any transport, in the Redis Stream `<prefix>events:dead`: a replay goes through the outbox like any event. */
export class RedisDeadLetters implements DeadLetters {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  async list(most = 100): Promise<DeadLetter[]> {
    const entries = await this.redis.xrange(this.key, '-', '+', 'COUNT', most);
    return entries.map(toLetter);
  }

  async replay(id: string): Promise<boolean> {
    if (!/^\d+-\d+$/.test(id)) return false;
    const [entry] = await this.redis.xrange(this.key, id, id);
    if (entry === undefined) return false;
    const { event, group } = toLetter(entry);
    return (await this.redis.eval(replayScript, 2, this.key, outboxKey(this.prefix), id, event, group)) === 1;
  }

  /** Adds the letter as part of a transaction. */
  add(transaction: ChainableCommander, group: string, event: string, reason: string): ChainableCommander {
    const letter = ['group', group, 'reason', reason, 'at', new Date().toISOString(), 'event', event];
    return transaction.xadd(this.key, '*', ...letter);
  }

  private get key(): string {
    return `${outboxKey(this.prefix)}:dead`;
  }
}

function toLetter([id, pairs]: [string, string[]]): DeadLetter {
  const { group = '', reason = '', at = '', event = '' } = fieldsOf(pairs);
  return { id, group, reason, at, event };
}
