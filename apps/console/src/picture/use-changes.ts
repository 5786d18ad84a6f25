import { useEffect, useState } from 'react';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { Changes } from './picture-lane.js';

/** The newest change of each destination's state since the page was opened. */
export function useChanges(feed: DecisionFeed): Changes {
  const [changes, setChanges] = useState<Changes>(new Map());
  useEffect(
    () =>
      feed.onChange((change) => {
        setChanges((before) => new Map(before).set(`${change.upstream}/${change.destination}`, change));
      }),
    [feed],
  );
  return changes;
}
