/** An event that a group could not handle. */
export interface DeadLetter {
  readonly id: string;
  /** `*`: Kafka refused the event, so no group was given it. */
  readonly group: string;
  /** Why the last try failed. */
  readonly reason: string;
  /** When it was given up, ISO 8601. */
  readonly at: string;
  /** The event as it came, which may be no valid event at all. */
  readonly event: string;
}

export interface ReplayedAll {
  /** Ids of the letters that were. */
  readonly replayed: readonly string[];
  /** Letters that hold no valid event: replaying them cannot help, discard them. */
  readonly unreadable: number;
  /** Letters left because of `most`. */
  readonly left: number;
}

/** Events given up, until someone has mended the cause. The newest 100 000 are kept. */
export interface DeadLetters {
  /** A page of at most `most` letters (default 100), oldest first, from the one that follows the letter `after`. */
  list(most?: number, after?: string): Promise<DeadLetter[]>;
  /** How many there are. */
  count(): Promise<number>;
  /**
   * Gives the event to its group, and no other, again. False if there is no such letter. Rejects with `UnreadableEventError` if
   * the letter holds no valid event: it would only come back.
   */
  replay(id: string): Promise<boolean>;
  /** Replays the oldest letters there are now, at most `most` (default 1 000). One that fails again is not replayed a second time. */
  replayAll(most?: number): Promise<ReplayedAll>;
  /** Removes the letter for good. False if there is no such letter. */
  discard(id: string): Promise<boolean>;
  /** Removes all letters that hold no valid event; resolves to how many. */
  discardUnreadable(): Promise<number>;
}

/** A dead letter that cannot be replayed, because what it holds is no valid event. */
export class UnreadableEventError extends Error {
  readonly code = 'unreadable_event';
  readonly retryable = false;

  constructor(id: string, reason: string) {
    super(
      `The dead letter ${id} is no event that this release can read, so no replay can succeed: discard it. (${reason})`,
    );
    this.name = 'UnreadableEventError';
  }
}
