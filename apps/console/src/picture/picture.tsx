import { useEffect, useRef } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { Topology } from '../admin/use-topology.js';
import { StoreBox } from '../lab/store-box.js';
import { upstreamsOf } from '../lab/topology.js';
import type { ScenarioCard } from '../scenario/catalogue.js';
import { type PictureGroup, pictureLane } from './picture-lane.js';
import { ServerBox } from './server-box.js';
import { useChanges } from './use-changes.js';
import { useFlights } from './use-flights.js';
import { useSessionCounts } from './use-session-counts.js';
import './picture.css';

export interface PictureSide {
  /** `Left` or `Right`. */
  readonly label: string;
  readonly card: ScenarioCard;
}

interface PictureProps {
  readonly sides: readonly PictureSide[];
  readonly topology: Topology;
  readonly admin: AdminClient;
  readonly feed: DecisionFeed;
}

/** The running system as a picture: browsers, gateway, the servers of both scenarios, and the stores behind them. */
export default function Picture({ sides, topology, admin, feed }: PictureProps) {
  const changes = useChanges(feed);
  const { board, sky, fly } = useFlights();
  const upstreams = new Map(
    sides.flatMap(({ card }) =>
      upstreamsOf(card.name, topology.upstreams).map(({ name }) => [name, card.name] as const),
    ),
  );
  const counts = useSessionCounts(admin, [...upstreams.keys()]);
  const scenarioOf = useRef(upstreams);
  scenarioOf.current = upstreams;
  useEffect(
    () =>
      feed.onRequest(({ upstream, destination }) => {
        const scenario = scenarioOf.current.get(upstream);
        if (scenario === undefined) return;
        fly(`you/${scenario}`, 'gateway');
        fly('gateway', `${upstream}/${destination}`);
      }),
    [feed, fly],
  );
  return (
    <section className="picture" aria-label="Live picture">
      <h2 className="picture-title">Now</h2>
      <div className="picture-board" ref={board}>
        <svg className="picture-sky" ref={sky} aria-hidden="true" focusable="false" />
        <ul className="picture-column" aria-label="Browsers">
          {sides.map(({ label, card }) => (
            <li key={label} className="picture-box" data-wire={`you/${card.name}`}>
              <strong>You</strong>
              <span>{label.toLowerCase()}</span>
            </li>
          ))}
        </ul>
        <div className="picture-box picture-gateway" data-node="gateway" data-wire="gateway">
          <strong>Gateway</strong>
          <span>{topology.trouble === null ? 'up' : 'unreachable: the picture is as it last was'}</span>
          <ul>
            {sides.map(({ label, card }) => (
              <li key={label}>
                {label.toLowerCase()}: {card.routing}
              </li>
            ))}
          </ul>
        </div>
        <div className="picture-lanes">
          {sides.map(({ label, card }) => (
            <Lane key={label} label={label} card={card} groups={pictureLane(card.name, topology, changes, counts)} />
          ))}
        </div>
        <div className="picture-column picture-stores">
          <StoreBox processes={topology.processes} admin={admin} />
          <Memcached processes={topology.processes} />
        </div>
      </div>
    </section>
  );
}

interface LaneProps extends PictureSide {
  readonly groups: readonly PictureGroup[];
}

function Lane({ label, card, groups }: LaneProps) {
  return (
    <section className="picture-lane" aria-label={`${label} servers`}>
      <h3>
        {label}: {card.routing} × {card.state}
      </h3>
      <div className="picture-groups">
        {groups.map(({ app, upstream, hint, servers }) => (
          <ul key={upstream} className="picture-group" aria-label={app} data-alone={groups.length === 1}>
            {servers.map((server) => (
              <ServerBox key={server.id} server={server} />
            ))}
            {servers.length === 0 ? <li className="hint">Not running. {hint}</li> : null}
          </ul>
        ))}
      </div>
    </section>
  );
}

function Memcached({ processes }: Pick<Topology, 'processes'>) {
  const memcached = processes?.find(({ id }) => id === 'memcached');
  if (memcached === undefined) return null;
  return (
    <p className="picture-box" data-node="memcached" data-state={memcached.state} data-wire="memcached">
      <strong>Memcached</strong>
      <span>{memcached.state === 'ready' ? 'up' : memcached.state}</span>
    </p>
  );
}
