import { useCallback } from 'react';
import type { Api } from '../client/api.js';
import type { SessionStore } from '../scenario/catalogue.js';
import { activityText } from './activity-text.js';
import { timeText } from './time-text.js';
import { usePolled } from './use-polled.js';

/** What the user did, newest first, from every service's events. */
export function ActivityList({ api, store }: { readonly api: Api; readonly store: SessionStore }) {
  const { content, trouble } = usePolled(
    useCallback(() => api.activity(20), [api]),
    store,
  );
  const entries = content?.activity ?? [];
  return (
    <section aria-labelledby="activity-title">
      <h2 id="activity-title">Activity</h2>
      <ul className="activity">
        {entries.map((entry) => (
          <li key={entry.id}>
            <time dateTime={entry.at}>{timeText(entry.at)}</time> {activityText(entry)}
          </li>
        ))}
      </ul>
      {content !== null && entries.length === 0 ? <p className="empty">Nothing yet.</p> : null}
      {trouble === null ? null : <p className="complaint">{trouble}</p>}
    </section>
  );
}
