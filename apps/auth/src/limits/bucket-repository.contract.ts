import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Bucket, BucketRepository } from './bucket.repository.js';

export interface BucketTrial {
  readonly buckets: BucketRepository;
  /** Lets time pass, real or simulated. */
  pass(milliseconds: number): void | Promise<void>;
}

/** The contract of every adapter of `BucketRepository`. */
export function bucketRepositoryContract(adapter: string, open: () => BucketTrial | Promise<BucketTrial>): void {
  describe(`${adapter} keeps buckets`, () => {
    let trial: BucketTrial;
    const slow: Bucket = { key: 'slow', capacity: 3, drainSeconds: 60 };
    const quick: Bucket = { key: 'quick', capacity: 2, drainSeconds: 0.1 };

    beforeEach(async () => {
      trial = await open();
    });

    test('has room for exactly its capacity', async () => {
      expect(await trial.buckets.secondsUntilRoom(slow, 3)).toBe(0);
      expect(await trial.buckets.secondsUntilRoom(slow, 4)).toBeCloseTo(60, 0);
      await trial.buckets.fill(slow, 2);
      expect(await trial.buckets.secondsUntilRoom(slow, 1)).toBe(0);
      expect(await trial.buckets.secondsUntilRoom(slow, 2)).toBeCloseTo(60, 0);
    });

    test('counts all units of parallel calls', async () => {
      await Promise.all(Array.from({ length: 9 }, () => trial.buckets.fill(slow, 1)));
      expect(await trial.buckets.secondsUntilRoom(slow, 1)).toBeCloseTo(7 * 60, 0);
    });

    test('lets parallel calls take exactly what it has room for, and tells the others when', async () => {
      const taken = await Promise.all(Array.from({ length: 9 }, () => trial.buckets.take(slow, 1)));
      expect(taken.filter((seconds) => seconds === 0)).toHaveLength(3);
      expect(Math.max(...taken)).toBeCloseTo(60, 0);
    });

    test('drains', async () => {
      await trial.buckets.fill(quick, 2);
      expect(await trial.buckets.secondsUntilRoom(quick, 1)).toBeGreaterThan(0);
      await trial.pass(120);
      expect(await trial.buckets.secondsUntilRoom(quick, 1)).toBe(0);
      expect(await trial.buckets.secondsUntilRoom(quick, 2)).toBeGreaterThan(0);
    });

    test('keeps buckets apart, and can empty one', async () => {
      await trial.buckets.fill(slow, 3);
      expect(await trial.buckets.secondsUntilRoom({ ...slow, key: 'other' }, 3)).toBe(0);
      await trial.buckets.empty(slow);
      expect(await trial.buckets.secondsUntilRoom(slow, 3)).toBe(0);
    });
  });
}
