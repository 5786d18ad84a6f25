import { type EventOf, Outbox, outboxLua } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Passkey, PasskeyRepository, type Passkeys } from './passkey.repository.js';

const KEY = 'key:';
const COUNTER = 'counter:';

// ARGV: event, id, user's name, passkey, counter, most. A passkey has two fields, beside the name.
const ADD = `
if redis.call('HEXISTS', KEYS[1], '${KEY}' .. ARGV[2]) == 1 then return 0 end
if #redis.call('HKEYS', KEYS[1]) > 2 * tonumber(ARGV[6]) then return 0 end
redis.call('HSET', KEYS[1], 'name', ARGV[3], '${KEY}' .. ARGV[2], ARGV[4], '${COUNTER}' .. ARGV[2], ARGV[5])
${outboxLua('KEYS[2]', 'ARGV[1]')}
return 1`;

// ARGV: id, counter.
const USE = `
local last = tonumber(redis.call('HGET', KEYS[1], '${COUNTER}' .. ARGV[1]))
local now = tonumber(ARGV[2])
if not last or (now <= last and (now > 0 or last > 0)) then return 0 end
redis.call('HSET', KEYS[1], '${COUNTER}' .. ARGV[1], ARGV[2])
return 1`;

const REMOVE = `
if redis.call('HDEL', KEYS[1], '${KEY}' .. ARGV[2], '${COUNTER}' .. ARGV[2]) == 0 then return 0 end
${outboxLua('KEYS[2]', 'ARGV[1]')}
return 1`;

const stored = z.object({
  label: z.string(),
  publicKey: z.string(),
  transports: z.array(z.string()),
  createdAt: z.coerce.date(),
});

/**
 * A hash per user, `<prefix>auth:passkeys:<user id>`, that never expires: the name, and for each passkey its key and its counter. On
 * a Cluster the key has the hash tag of the stream that its events go to.
 */
export class RedisPasskeyRepository extends PasskeyRepository {
  private readonly outbox: Outbox;

  constructor(
    private readonly redis: Redis,
    prefix: string,
  ) {
    super();
    this.outbox = new Outbox(redis, prefix);
  }

  async add(
    user: { readonly id: string; readonly name: string },
    { id, counter, ...rest }: Passkey,
    most: number,
    added: EventOf<'passkey.added'>,
  ): Promise<boolean> {
    const values = [JSON.stringify(added), id, user.name, JSON.stringify(rest), counter, most];
    return (await this.redis.eval(ADD, 2, ...this.keys(user.id), ...values)) === 1;
  }

  async of(userId: string): Promise<Passkeys | undefined> {
    const { name, ...fields } = await this.redis.hgetall(this.key(userId));
    if (name === undefined) return undefined;
    const passkeys = Object.entries(fields)
      .filter(([field]) => field.startsWith(KEY))
      .map(([field, text]) => {
        const id = field.slice(KEY.length);
        return { id, ...stored.parse(JSON.parse(text)), counter: Number(fields[COUNTER + id]) };
      })
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    return { userName: name, passkeys };
  }

  async use(userId: string, id: string, counter: number): Promise<boolean> {
    return (await this.redis.eval(USE, 1, this.key(userId), id, counter)) === 1;
  }

  async remove(userId: string, id: string, removed: EventOf<'passkey.removed'>): Promise<boolean> {
    return (await this.redis.eval(REMOVE, 2, ...this.keys(userId), JSON.stringify(removed), id)) === 1;
  }

  private keys(userId: string): readonly [string, string] {
    return [this.key(userId), this.outbox.key(userId)];
  }

  private key(userId: string): string {
    return `${this.outbox.prefix}auth:passkeys:${this.outbox.tag(userId)}${userId}`;
  }
}
