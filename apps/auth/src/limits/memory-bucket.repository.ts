import { type Bucket, BucketRepository } from './bucket.repository.js';

/** Buckets of one process, for tests. */
export class MemoryBucketRepository extends BucketRepository {
  private readonly emptyAt = new Map<string, number>();

  constructor(private readonly now: () => number) {
    super();
  }

  async secondsUntilRoom({ key, capacity, drainSeconds }: Bucket, units: number): Promise<number> {
    const level = (this.emptyAtOf(key) - this.now()) / (drainSeconds * 1000);
    return Math.max(0, (level + units - capacity) * drainSeconds);
  }

  async fill({ key, drainSeconds }: Bucket, units: number): Promise<void> {
    this.emptyAt.set(key, this.emptyAtOf(key) + units * drainSeconds * 1000);
  }

  async empty({ key }: Bucket): Promise<void> {
    this.emptyAt.delete(key);
  }

  private emptyAtOf(key: string): number {
    return Math.max(this.now(), this.emptyAt.get(key) ?? 0);
  }
}
