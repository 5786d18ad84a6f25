import { type EventOf, Outbox, outboxLua } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { foldName } from '../accounts/account.repository.js';
import { type Enrolment, type SecondFactor, SecondFactorRepository } from './second-factor.repository.js';

const CREATE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
${outboxLua('KEYS[2]', 'ARGV[1]')}
return 1`;

const USE_STEP = `
local last = redis.call('HGET', KEYS[1], 'lastStep')
if not last or tonumber(last) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'lastStep', ARGV[1])
return 1`;

const REMOVE = `
if redis.call('DEL', KEYS[1]) == 0 then return 0 end
${outboxLua('KEYS[2]', 'ARGV[1]')}
return 1`;

const RECOVERY = 'recovery:';

/**
 * A hash per user, `<prefix>auth:second-factor:<name in lower case>`, that never expires: secret, last step, and a field for each
 * recovery code that is left. On a Cluster the key has the hash tag of the stream that its events go to, as the account's has.
 */
export class RedisSecondFactorRepository extends SecondFactorRepository {
  private readonly outbox: Outbox;

  constructor(
    private readonly redis: Redis,
    prefix: string,
  ) {
    super();
    this.outbox = new Outbox(redis, prefix);
  }

  async create(
    name: string,
    { sealedSecret, lastStep, recoveryDigests }: Enrolment,
    enrolled: EventOf<'second-factor.enrolled'>,
  ): Promise<boolean> {
    const codes = recoveryDigests.flatMap((digest) => [RECOVERY + digest, '1']);
    const fields = ['secret', sealedSecret, 'lastStep', lastStep, ...codes];
    return (await this.redis.eval(CREATE, 2, ...this.keys(name), JSON.stringify(enrolled), ...fields)) === 1;
  }

  async exists(name: string): Promise<boolean> {
    return (await this.redis.exists(this.key(name))) === 1;
  }

  async find(name: string): Promise<SecondFactor | undefined> {
    const { secret, lastStep, ...rest } = await this.redis.hgetall(this.key(name));
    if (secret === undefined || lastStep === undefined) return undefined;
    return { sealedSecret: secret, lastStep: Number(lastStep), recoveryCodesLeft: Object.keys(rest).length };
  }

  async useStep(name: string, step: number): Promise<boolean> {
    return (await this.redis.eval(USE_STEP, 1, this.key(name), step)) === 1;
  }

  async useRecoveryCode(name: string, digest: string): Promise<boolean> {
    return (await this.redis.hdel(this.key(name), RECOVERY + digest)) === 1;
  }

  async remove(name: string, removed: EventOf<'second-factor.removed'>): Promise<boolean> {
    return (await this.redis.eval(REMOVE, 2, ...this.keys(name), JSON.stringify(removed))) === 1;
  }

  private keys(name: string): readonly [string, string] {
    return [this.key(name), this.outbox.key(foldName(name))];
  }

  private key(name: string): string {
    const folded = foldName(name);
    return `${this.outbox.prefix}auth:second-factor:${this.outbox.tag(folded)}${folded}`;
  }
}
