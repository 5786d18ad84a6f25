import { useEffect } from 'react';
import type { DecisionFeed } from '../admin/decision-feed.js';
import { Icon } from '../design/icon.js';
import { ServerBadge } from '../design/server-badge.js';
import { replicaColour } from '../request/replica.js';
import type { DestinationAction, DestinationView } from './topology.js';
import { useKeptFocus } from './use-kept-focus.js';

const SAYS: Readonly<Record<DestinationAction, string>> = {
  kill: 'Kill',
  pause: 'Pause',
  resume: 'Resume',
  restart: 'Restart',
  drain: 'Drain',
  undrain: 'Undrain',
};

interface DestinationRowProps {
  readonly destination: DestinationView;
  readonly feed: DecisionFeed;
  readonly onAction: (action: DestinationAction) => void;
}

/** One destination: how it is, its share of the traffic, and what can be done to it. Blinks with every request it gets. */
export function DestinationRow({ destination, feed, onAction }: DestinationRowProps) {
  const { id, upstream, mood, shareRatio, requests, actions } = destination;
  const [row, keepFocus] = useKeptFocus<HTMLLIElement>();
  useEffect(
    () =>
      feed.on(upstream, id, () => {
        const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
        const bar = row.current?.querySelector('.share');
        if (!still)
          bar?.animate([{ filter: 'brightness(1.6)' }, { filter: 'none' }], { duration: 450, easing: 'ease-out' });
      }),
    [feed, upstream, id, row],
  );
  const percent = Math.round(shareRatio * 100);
  return (
    <li className="destination" data-mood={mood} data-server={replicaColour(id)} ref={row}>
      <ServerBadge destination={id} />
      <span className="mood">{mood}</span>
      <span className="share" title={`${requests} requests since this page was opened`}>
        <span className="share-bar" style={{ width: `${percent}%` }} />
        <span className="share-text">{percent} %</span>
      </span>
      <span className="actions">
        {actions.map((action) => (
          <button
            key={action}
            type="button"
            title={`${SAYS[action]} ${id}`}
            onClick={() => {
              keepFocus();
              onAction(action);
            }}
          >
            <Icon name={action} />
            <span className="action-text">{SAYS[action]}</span>
          </button>
        ))}
      </span>
    </li>
  );
}
