/** An event that a group could not handle. */
export interface DeadLetter {
  readonly id: string;
  /** `*`: Kafka refused the event, so no group received it. */
  readonly group: string;
  /** Why the last try failed. */
  readonly reason: string;
  /** When the group gave the event up, ISO 8601. */
  readonly at: string;
  /** The text as it came. It may not be a valid event. */
  readonly event: string;
}

export interface ReplayedAll {
  /** Ids of the replayed letters. */
  readonly replayed: readonly string[];
  /** Letters that hold no valid event: replaying them cannot help, discard them. */
  readonly unreadable: number;
  /** Letters that remain because of `most`. */
  readonly left: number;
}

/** Keeps the events that a group gave up until someone mends the cause; at most the newest 100 000. */
export interface DeadLetters {
  /** A page of at most `most` letters (default 100), oldest first, from the one that follows the letter `after`. */
  list(most?: number, after?: string): Promise<DeadLetter[]>;
  /** The number of letters. */
  count(): Promise<number>;
  /**
   * Gives the event again, to its own group only. False if there is no such letter. Rejects with `UnreadableEventError` if the
   * letter holds no valid event, because it would only come back.
   */
  replay(id: string): Promise<boolean>;
  /** Replays the oldest letters, at most `most` (default 1 000). A letter that fails again is not replayed a second time. */
  replayAll(most?: number): Promise<ReplayedAll>;
  /** Removes the letter for good. False if there is no such letter. */
  discard(id: string): Promise<boolean>;
  /** Removes all letters that hold no valid event; resolves to their number. */
  discardUnreadable(): Promise<number>;
}

/** A dead letter that cannot be replayed because it holds no valid event. */
export class UnreadableEventError extends Error {
  readonly code = 'unreadable_event';
  readonly retryable = false;

  constructor(id: string, reason: string) {
    super(
      `The dead letter ${id} holds no event that this release can read, and a replay would fail again: discard it. (${reason})`,
    );
    this.name = 'UnreadableEventError';
  }
}
