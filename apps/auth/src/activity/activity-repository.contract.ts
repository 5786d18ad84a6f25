import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ActivityRepository, MOST_ENTRIES } from './activity.repository.js';

const entry = (number: number) => ({
  id: `e${number}`,
  type: 'session.started',
  at: new Date(1_700_000_000_000 + number).toISOString(),
  data: { number },
});

/** The contract of every adapter of `ActivityRepository`. */
export function activityRepositoryContract(
  adapter: string,
  open: () => ActivityRepository | Promise<ActivityRepository>,
): void {
  describe(`${adapter} keeps activity`, () => {
    let activity: ActivityRepository;

    beforeEach(async () => {
      activity = await open();
    });

    test('lists the newest first in any order of arrival, and only the requested number', async () => {
      for (const number of [2, 1, 3]) await activity.add('u1', entry(number));
      expect(await activity.list('u1', 2)).toEqual([entry(3), entry(2)]);
    });

    test('keeps users apart', async () => {
      await activity.add('u1', entry(1));
      expect(await activity.list('u2', 9)).toEqual([]);
    });

    test('keeps an entry once, even if it comes again', async () => {
      for (let i = 0; i < 3; i += 1) await activity.add('u1', entry(1));
      expect(await activity.list('u1', 9)).toEqual([entry(1)]);
    });

    test('forgets the oldest beyond its bound', async () => {
      for (let number = 0; number <= MOST_ENTRIES; number += 1) await activity.add('u1', entry(number));
      const kept = await activity.list('u1', MOST_ENTRIES + 1);
      expect(kept).toHaveLength(MOST_ENTRIES);
      expect(kept.at(-1)).toEqual(entry(1));
    });
  });
}
