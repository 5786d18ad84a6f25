import type { Redis } from 'ioredis';
import type { DeadLetter, DeadLetters } from '../dead-letters.js';
import { outboxKey } from '../outbox.js';
import { fieldsOf } from './stream-entry.js';

/** `<prefix>events:dead` */
export function deadLettersKey(prefix: string): string {
  return `${outboxKey(prefix)}:dead`;
}

/** KEYS: dead letters, outbox. ARGV: id of the letter, event, group. The letter is gone exactly when the event is back. */
const replayScript = `
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'event', ARGV[2], 'only', ARGV[3])
return 1
`;

/** Dead letters in a Redis Stream. */
export class RedisDeadLetters implements DeadLetters {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
  ) {}

  async list(most = 100): Promise<DeadLetter[]> {
    const entries = await this.redis.xrange(deadLettersKey(this.prefix), '-', '+', 'COUNT', most);
    return entries.map(toLetter);
  }

  async replay(id: string): Promise<boolean> {
    if (!/^\d+-\d+$/.test(id)) return false;
    const [entry] = await this.redis.xrange(deadLettersKey(this.prefix), id, id);
    if (entry === undefined) return false;
    const { event, group } = toLetter(entry);
    const keys = [deadLettersKey(this.prefix), outboxKey(this.prefix)] as const;
    return (await this.redis.eval(replayScript, 2, ...keys, id, event, group)) === 1;
  }
}

function toLetter([id, pairs]: [string, string[]]): DeadLetter {
  const { group = '', reason = '', at = '', event = '' } = fieldsOf(pairs);
  return { id, group, reason, at, event };
}
