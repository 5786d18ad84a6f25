/** An event that a group could not handle. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  /** Why the last try failed. */
  readonly reason: string;
  /** When it was given up, ISO 8601. */
  readonly at: string;
  /** The event as it came, which may be no valid event at all. */
  readonly event: string;
}

/** Events given up, until someone has mended the cause. */
export interface DeadLetters {
  /** Oldest first. */
  list(most?: number): Promise<DeadLetter[]>;
  /** Gives the event to its group, and no other, again. False if there is no such letter. */
  replay(id: string): Promise<boolean>;
}
