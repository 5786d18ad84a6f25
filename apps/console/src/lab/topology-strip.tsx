import type { AdminClient } from '../admin/admin-client.js';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { Topology } from '../admin/use-topology.js';
import { LeverLine } from '../picture/lever-line.js';
import { serverLevers } from '../picture/levers.js';
import type { Counts } from '../picture/picture-lane.js';
import type { LeverPlace } from '../picture/use-levers.js';
import type { ScenarioCard } from '../scenario/catalogue.js';
import { DestinationRow } from './destination-row.js';
import { topologyOf } from './topology.js';

interface TopologyStripProps {
  readonly card: ScenarioCard;
  readonly topology: Topology;
  readonly counts: Counts;
  readonly admin: AdminClient;
  readonly feed: DecisionFeed;
  readonly levers: LeverPlace;
}

/** The destinations behind one scenario, live, with the buttons that break and mend them and what those did. */
export function TopologyStrip({ card, topology, counts, admin, feed, levers }: TopologyStripProps) {
  const groups = topologyOf(card.name, topology.upstreams, topology.processes, topology.baseline);
  return (
    <section className="topology" aria-label={`Servers of ${card.name}`}>
      <div className="upstreams">
        {groups.map((group) => (
          <div key={group.upstream} className="upstream">
            <h3>{group.app}</h3>
            <ul>
              {group.destinations.map((destination) => {
                const held = counts.get(`${destination.upstream}/${destination.id}`)?.held ?? null;
                return (
                  <DestinationRow
                    key={destination.id}
                    destination={destination}
                    feed={feed}
                    levers={serverLevers({ ...destination, held }, card, topology, admin)}
                    place={levers}
                  />
                );
              })}
            </ul>
            {group.destinations.length === 0 ? <p className="hint">Not running. {group.hint}</p> : null}
          </div>
        ))}
      </div>
      <LeverLine {...levers} />
      {topology.trouble === null ? null : (
        <p className="complaint" role="alert">
          {topology.trouble}
        </p>
      )}
    </section>
  );
}
