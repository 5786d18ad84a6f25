import { FakeClock } from '@holdfast/testing';
import { bucketRepositoryContract } from './bucket-repository.contract.js';
import { MemoryBucketRepository } from './memory-bucket.repository.js';

bucketRepositoryContract('memory', () => {
  const clock = new FakeClock();
  return { buckets: new MemoryBucketRepository(clock.now), pass: (milliseconds) => clock.advance(milliseconds) };
});
