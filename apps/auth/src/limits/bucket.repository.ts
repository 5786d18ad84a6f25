/** A leaky bucket: it holds `capacity` units and loses one every `drainSeconds`. */
export interface Bucket {
  readonly key: string;
  readonly capacity: number;
  readonly drainSeconds: number;
}

/** Stores buckets. All instances of a service share them, and one clock counts for all instances. */
export abstract class BucketRepository {
  /** Seconds until the bucket has room for `units` more; 0 means now. Changes nothing. */
  abstract secondsUntilRoom(bucket: Bucket, units: number): Promise<number>;
  /** Adds `units` even without room. Atomic. */
  abstract fill(bucket: Bucket, units: number): Promise<void>;
  /** Adds `units` if the bucket has room and returns 0; else changes nothing and returns the seconds until it has. Atomic. */
  abstract take(bucket: Bucket, units: number): Promise<number>;
  abstract empty(bucket: Bucket): Promise<void>;
}
