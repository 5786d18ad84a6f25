/** The near cache's view of the connections that carry Redis's invalidation messages. */
export interface Invalidations {
  /** Every change made before this time (epoch milliseconds) has been announced to this process. */
  readonly confirmedAtMs: number;
  /** A connection is down or not yet listening: changes made now may never be announced. */
  readonly inDoubt: boolean;
  close(): void;
}

export interface InvalidationEvents {
  /** The keys were changed, expired or deleted; null: any key may have been, as after a lost connection. */
  onInvalidated(keys: readonly string[] | null): void;
  /** Changes may go unheard from now on, until `onInvalidated(null)`. */
  onDoubt(): void;
}
