/** A leaky bucket: it holds `capacity` units and loses one every `drainSeconds`. */
export interface Bucket {
  readonly key: string;
  readonly capacity: number;
  readonly drainSeconds: number;
}

/** Where buckets are kept. Shared by all instances of a service, and by their clock, not each instance's own. */
export abstract class BucketRepository {
  /** Seconds until the bucket has room for `units` more: 0 is now. Changes nothing. */
  abstract secondsUntilRoom(bucket: Bucket, units: number): Promise<number>;
  /** Adds `units`, whether or not there is room. Atomic. */
  abstract fill(bucket: Bucket, units: number): Promise<void>;
  abstract empty(bucket: Bucket): Promise<void>;
}
