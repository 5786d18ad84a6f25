import { useEffect, useState } from 'react';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { TimedChange } from './time-marks.js';

const KEPT_CHANGES = 200;

/** The changes of destinations' states since the page was opened, the oldest first. */
export function useChanges(feed: DecisionFeed): readonly TimedChange[] {
  const [changes, setChanges] = useState<readonly TimedChange[]>([]);
  useEffect(
    () =>
      feed.onChange((change) => {
        setChanges((before) => [...before, { ...change, at: Date.now() }].slice(-KEPT_CHANGES));
      }),
    [feed],
  );
  return changes;
}
