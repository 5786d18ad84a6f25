import { useState } from 'react';
import { type AdminClient, AdminError } from '../admin/admin-client.js';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { Topology } from '../admin/use-topology.js';
import { DestinationRow } from './destination-row.js';
import { type DestinationAction, type DestinationView, topologyOf } from './topology.js';

interface TopologyStripProps {
  readonly scenario: string;
  readonly topology: Topology;
  readonly admin: AdminClient;
  readonly feed: DecisionFeed;
}

/** The destinations behind one scenario, live, with the buttons that break and mend them. */
export function TopologyStrip({ scenario, topology, admin, feed }: TopologyStripProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const groups = topologyOf(scenario, topology.upstreams, topology.processes, topology.baseline);
  const act = async (destination: DestinationView, action: DestinationAction) => {
    setFailure(null);
    try {
      await perform(admin, topology, destination.id, action);
    } catch (error) {
      setFailure(error instanceof AdminError ? error.message : `${destination.id} could not be changed.`);
    }
  };
  const trouble = topology.trouble ?? failure;
  return (
    <section className="topology" aria-label={`Servers of ${scenario}`}>
      {groups.map((group) => (
        <div key={group.upstream} className="upstream">
          <h3>{group.app}</h3>
          <ul>
            {group.destinations.map((destination) => (
              <DestinationRow
                key={destination.id}
                destination={destination}
                feed={feed}
                onAction={(action) => void act(destination, action)}
              />
            ))}
          </ul>
          {group.destinations.length === 0 ? <p className="hint">Not running. {group.hint}</p> : null}
        </div>
      ))}
      {trouble === null ? null : (
        <p className="complaint" role="alert">
          {trouble}
        </p>
      )}
    </section>
  );
}

/** A server drains as a whole: in every upstream it is a destination of. */
async function perform(admin: AdminClient, topology: Topology, id: string, action: DestinationAction): Promise<void> {
  if (action !== 'drain' && action !== 'undrain') return admin.control(id, action);
  const upstreams = topology.upstreams.filter(({ destinations }) => destinations.some((other) => other.id === id));
  await Promise.all(upstreams.map(({ name }) => admin.flow(name, id, action)));
}
