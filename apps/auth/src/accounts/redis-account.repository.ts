import { type EventOf, Outbox, outboxLua } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { type Account, AccountRepository, foldName } from './account.repository.js';

const CREATE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
${outboxLua('KEYS[2]', 'ARGV[1]')}
return 1`;

const REPLACE_PASSWORD = `
if redis.call('HGET', KEYS[1], 'passwordHash') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'passwordHash', ARGV[2])
return 1`;

/**
 * A hash per account, `<prefix>auth:account:<name in lower case>`, that never expires. On a Cluster the key has the hash tag of the
 * stream that its registration goes to, which the name picks: the account is looked for by name.
 */
export class RedisAccountRepository extends AccountRepository {
  private readonly outbox: Outbox;

  constructor(
    private readonly redis: Redis,
    prefix: string,
  ) {
    super();
    this.outbox = new Outbox(redis, prefix);
  }

  async create(
    { id, name, passwordHash, createdAt }: Account,
    registered: EventOf<'user.registered'>,
  ): Promise<boolean> {
    const keys = [this.key(name), this.outbox.key(foldName(name))] as const;
    const fields = ['id', id, 'name', name, 'passwordHash', passwordHash, 'createdAt', createdAt.toISOString()];
    return (await this.redis.eval(CREATE, 2, ...keys, JSON.stringify(registered), ...fields)) === 1;
  }

  async findByName(name: string): Promise<Account | undefined> {
    const { id, name: written, passwordHash, createdAt } = await this.redis.hgetall(this.key(name));
    if (id === undefined || written === undefined || passwordHash === undefined || createdAt === undefined)
      return undefined;
    return { id, name: written, passwordHash, createdAt: new Date(createdAt) };
  }

  async replacePassword(name: string, expectedHash: string, nextHash: string): Promise<boolean> {
    return (await this.redis.eval(REPLACE_PASSWORD, 1, this.key(name), expectedHash, nextHash)) === 1;
  }

  private key(name: string): string {
    const folded = foldName(name);
    return `${this.outbox.prefix}auth:account:${this.outbox.tag(folded)}${folded}`;
  }
}
