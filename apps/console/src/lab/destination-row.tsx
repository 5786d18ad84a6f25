import { useEffect } from 'react';
import type { DecisionFeed } from '../admin/decision-feed.js';
import { Icon } from '../design/icon.js';
import { ServerBadge } from '../design/server-badge.js';
import { LeverButton } from '../picture/lever-button.js';
import { ACTION_SAYS, type ServerLever } from '../picture/levers.js';
import type { LeverPlace } from '../picture/use-levers.js';
import { replicaColour } from '../request/replica.js';
import type { DestinationView } from './topology.js';
import { useKeptFocus } from './use-kept-focus.js';

interface DestinationRowProps {
  readonly destination: DestinationView;
  readonly feed: DecisionFeed;
  readonly levers: readonly ServerLever[];
  readonly place: LeverPlace;
}

/** One destination: how it is, its share of the traffic, and what can be done to it. Blinks with every request it gets. */
export function DestinationRow({ destination, feed, levers, place }: DestinationRowProps) {
  const { id, upstream, mood, shareRatio, requests } = destination;
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
        {levers.map((lever) => (
          <LeverButton key={lever.action} lever={lever} place={place} onPress={keepFocus}>
            <Icon name={lever.action} />
            <span className="action-text">{ACTION_SAYS[lever.action]}</span>
          </LeverButton>
        ))}
      </span>
    </li>
  );
}
