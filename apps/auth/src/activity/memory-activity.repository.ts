import type { ActivityEntry } from '@holdfast/contracts';
import { ActivityRepository, MOST_ENTRIES } from './activity.repository.js';

/** Activity of one process, for tests. */
export class MemoryActivityRepository extends ActivityRepository {
  private readonly entries = new Map<string, ActivityEntry[]>();

  async add(userId: string, entry: ActivityEntry): Promise<void> {
    const others = (this.entries.get(userId) ?? []).filter(({ id }) => id !== entry.id);
    const newestFirst = [...others, entry].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    this.entries.set(userId, newestFirst.slice(0, MOST_ENTRIES));
  }

  async list(userId: string, limit: number): Promise<ActivityEntry[]> {
    return (this.entries.get(userId) ?? []).slice(0, limit);
  }
}
