import { startRedis } from '@holdfast/testing';
import { afterAll, beforeAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { accountRepositoryContract } from '../src/accounts/account-repository.contract.js';
import { RedisAccountRepository } from '../src/accounts/redis-account.repository.js';
import { activityRepositoryContract } from '../src/activity/activity-repository.contract.js';
import { RedisActivityRepository } from '../src/activity/redis-activity.repository.js';
import { bucketRepositoryContract } from '../src/limits/bucket-repository.contract.js';
import { RedisBucketRepository } from '../src/limits/redis-bucket.repository.js';
import { passkeyRepositoryContract } from '../src/passkeys/passkey-repository.contract.js';
import { RedisPasskeyRepository } from '../src/passkeys/redis-passkey.repository.js';
import { RedisSecondFactorRepository } from '../src/second-factor/redis-second-factor.repository.js';
import { secondFactorRepositoryContract } from '../src/second-factor/second-factor-repository.contract.js';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let round = 0;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Keys of each test's own. */
const prefix = () => {
  round += 1;
  return `test:${round}:`;
};

accountRepositoryContract('Redis', () => new RedisAccountRepository(redis, prefix()));
activityRepositoryContract('Redis', () => new RedisActivityRepository(redis, prefix()));
passkeyRepositoryContract('Redis', () => new RedisPasskeyRepository(redis, prefix()));
secondFactorRepositoryContract('Redis', () => new RedisSecondFactorRepository(redis, prefix()));
bucketRepositoryContract('Redis', () => ({
  buckets: new RedisBucketRepository(redis, prefix()),
  // Redis uses the real clock, so the test can only wait.
  pass: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}));
