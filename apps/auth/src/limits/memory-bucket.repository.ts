import { type Bucket, BucketRepository } from './bucket.repository.js';

/** Buckets of one process, for tests. */
export class MemoryBucketRepository extends BucketRepository {
  private readonly emptyAt = new Map<string, number>();

  constructor(private readonly now: () => number) {
    super();
  }

  async secondsUntilRoom(bucket: Bucket, units: number): Promise<number> {
    return this.secondsFor(bucket, units);
  }

  async fill(bucket: Bucket, units: number): Promise<void> {
    this.add(bucket, units);
  }

  async take(bucket: Bucket, units: number): Promise<number> {
    const seconds = this.secondsFor(bucket, units);
    if (seconds === 0) this.add(bucket, units);
    return seconds;
  }

  async empty({ key }: Bucket): Promise<void> {
    this.emptyAt.delete(key);
  }

  private secondsFor({ key, capacity, drainSeconds }: Bucket, units: number): number {
    const level = (this.emptyAtOf(key) - this.now()) / (drainSeconds * 1000);
    return Math.max(0, (level + units - capacity) * drainSeconds);
  }

  private add({ key, drainSeconds }: Bucket, units: number): void {
    this.emptyAt.set(key, this.emptyAtOf(key) + units * drainSeconds * 1000);
  }

  private emptyAtOf(key: string): number {
    return Math.max(this.now(), this.emptyAt.get(key) ?? 0);
  }
}
