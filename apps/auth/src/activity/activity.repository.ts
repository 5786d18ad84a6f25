import type { ActivityEntry } from '@holdfast/contracts';

/** Stores what each user did in every service. Entries come from events, which may be delivered more than once. */
export abstract class ActivityRepository {
  /** Adds the entry once, even if called again with it, and removes the oldest beyond `MOST_ENTRIES`. */
  abstract add(userId: string, entry: ActivityEntry): Promise<void>;
  /** Newest first. */
  abstract list(userId: string, limit: number): Promise<ActivityEntry[]>;
}

/** The most entries of a user. */
export const MOST_ENTRIES = 200;
