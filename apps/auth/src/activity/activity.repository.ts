import type { ActivityEntry } from '@holdfast/contracts';

/** What each user did, from every service. Entries come from events, which may come more than once. */
export abstract class ActivityRepository {
  /** Keeps the entry, once however often it is added, and forgets the oldest beyond `MOST_ENTRIES`. */
  abstract add(userId: string, entry: ActivityEntry): Promise<void>;
  /** Newest first. */
  abstract list(userId: string, limit: number): Promise<ActivityEntry[]>;
}

/** How many entries a user has at most. */
export const MOST_ENTRIES = 200;
