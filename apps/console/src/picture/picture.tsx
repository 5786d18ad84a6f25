import { useEffect, useRef } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { Topology } from '../admin/use-topology.js';
import { StoreBox } from '../lab/store-box.js';
import { redisServers } from '../lab/store-servers.js';
import { upstreamsOf } from '../lab/topology.js';
import { hopsText } from './chat-hops.js';
import { LeverButton } from './lever-button.js';
import { LeverLine } from './lever-line.js';
import { LeverMenu } from './lever-menu.js';
import { type Lever, scaleLever, serverLevers } from './levers.js';
import { type Counts, type PictureGroup, type PictureServer, pictureLane } from './picture-lane.js';
import type { PictureSide } from './picture-side.js';
import { ServerBox } from './server-box.js';
import { type CookieChange, sessionObject } from './session-object.js';
import { placeAnswers } from './session-text.js';
import { SlowRedis } from './slow-redis.js';
import { SwitchPolicy } from './switch-policy.js';
import { TimeAxis } from './time-axis.js';
import { timeMarks } from './time-marks.js';
import { type SideSession, Tokens } from './tokens.js';
import { useChanges } from './use-changes.js';
import { useChatHops } from './use-chat-hops.js';
import { useFlights } from './use-flights.js';
import type { LeverPlace, Pulled } from './use-levers.js';
import { useProcessEvents } from './use-process-events.js';
import { useStoreFlights } from './use-store-flights.js';
import { YouBox } from './you-box.js';
import './picture.css';

interface PictureProps {
  readonly sides: readonly PictureSide[];
  readonly topology: Topology;
  readonly admin: AdminClient;
  readonly feed: DecisionFeed;
  readonly counts: Counts;
  readonly levers: LeverPlace;
  readonly pulled: readonly Pulled[];
}

/** The running system as a picture: browsers, gateway, the servers of both scenarios, and the stores behind them. */
export default function Picture({ sides, topology, admin, feed, counts, levers, pulled }: PictureProps) {
  const changes = useChanges(feed);
  const newest = new Map(changes.map((change) => [`${change.upstream}/${change.destination}`, change]));
  const { pull } = levers;
  const { board, sky, fly } = useFlights();
  const upstreams = new Map(
    sides.flatMap(({ card }) =>
      upstreamsOf(card.name, topology.upstreams).map(({ name }) => [name, card.name] as const),
    ),
  );
  const scenarioOf = useRef(upstreams);
  scenarioOf.current = upstreams;
  const { deaths, states } = useProcessEvents(topology.processes);
  const lanes = sides.map((side) => {
    const session = sessionObject(side.asked, [...deaths, ...cookieChange(side)], side.card.todos);
    const groups = pictureLane(side.card.name, topology, newest, counts);
    const servers = groups.flatMap((group) => group.servers);
    return {
      ...side,
      ...{ session, groups, answers: placeAnswers(session, servers, topology.processes) },
      affinityCookie: upstreamsOf(side.card.name, topology.upstreams)[0]?.affinity ?? null,
    };
  });
  useStoreFlights(lanes, fly);
  const hops = hopsText(useChatHops(counts, fly));
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
      <header className="picture-header">
        <h2 className="picture-title">Now</h2>
        {topology.processes === null
          ? null
          : ([1, -1] as const).map((change) => {
              const lever = scaleLever(change, lanes, topology, admin);
              return (
                <LeverButton key={lever.label} lever={lever} place={levers}>
                  {lever.label}
                </LeverButton>
              );
            })}
        <LeverLine {...levers} />
      </header>
      <div className="picture-board" ref={board}>
        <svg className="picture-sky" ref={sky} aria-hidden="true" focusable="false" />
        <ul className="picture-column" aria-label="Browsers">
          {lanes.map((lane) => (
            <YouBox key={lane.label} {...lane} levers={levers} />
          ))}
        </ul>
        <div className="picture-box picture-gateway" data-node="gateway" data-wire="gateway">
          <strong>Gateway</strong>
          <span>{topology.trouble === null ? 'up' : 'unreachable: the picture is as it last was'}</span>
          <ul>
            {sides.map(({ label, card }) => (
              <li key={label}>
                {label.toLowerCase()}: {card.routing}
                <SwitchPolicy
                  whose={label.toLowerCase()}
                  store={card.store}
                  upstreams={upstreamsOf(card.name, topology.upstreams)}
                  admin={admin}
                  pull={pull}
                />
              </li>
            ))}
          </ul>
        </div>
        <div className="picture-lanes">
          {lanes.map((lane) => (
            <Lane
              key={lane.label}
              {...lane}
              leversOf={(server) => serverLevers(server, lane.card, topology, admin)}
              pull={pull}
            />
          ))}
        </div>
        <div className="picture-column picture-stores">
          <StoreBox processes={topology.processes} admin={admin} levers={levers}>
            <Tokens at="redis" sides={lanes} />
            <span className="picture-facts" role="status">
              {hops}
            </span>
            {redisServers(topology.processes).length === 1 ? <SlowRedis admin={admin} levers={levers} /> : null}
          </StoreBox>
          <Memcached processes={topology.processes} sides={lanes} />
          <Kafka processes={topology.processes} />
        </div>
      </div>
      <TimeAxis marks={timeMarks({ sides, deaths, states, changes, pulled })} now={Date.now()} />
    </section>
  );
}

function cookieChange({ cookieChangedAt: at }: PictureSide): readonly CookieChange[] {
  return at === null ? [] : [{ kind: 'cookie', at }];
}

interface LaneProps extends PictureSide, SideSession {
  readonly groups: readonly PictureGroup[];
  readonly leversOf: (server: PictureServer) => readonly Lever[];
  readonly pull: (lever: Lever) => Promise<void>;
}

function Lane({ label, card, session, answers, groups, leversOf, pull }: LaneProps) {
  return (
    <section className="picture-lane" aria-label={`${label} servers`}>
      <h3>
        {label}: {card.routing} × {card.state}
      </h3>
      <div className="picture-groups">
        {groups.map(({ app, upstream, hint, servers }) => (
          <ul key={upstream} className="picture-group" aria-label={app} data-alone={groups.length === 1}>
            {servers.map((server) => (
              <ServerBox key={server.id} server={server} sides={[{ label, session, answers }]}>
                <LeverMenu text="…" label={`Levers of ${server.id}`} levers={leversOf(server)} pull={pull} />
              </ServerBox>
            ))}
            {servers.length === 0 ? <li className="hint">Not running. {hint}</li> : null}
          </ul>
        ))}
      </div>
    </section>
  );
}

function Memcached({ processes, sides }: Pick<Topology, 'processes'> & { readonly sides: readonly SideSession[] }) {
  const memcached = processes?.find(({ id }) => id === 'memcached');
  if (memcached === undefined) return null;
  return (
    <p className="picture-box" data-node="memcached" data-state={memcached.state} data-wire="memcached">
      <strong>Memcached</strong>
      <span>{memcached.state === 'ready' ? 'up' : memcached.state}</span>
      <Tokens at="memcached" sides={sides} />
    </p>
  );
}

function Kafka({ processes }: Pick<Topology, 'processes'>) {
  const brokers = processes?.filter(({ app }) => app === 'kafka') ?? [];
  if (brokers.length === 0) return null;
  return (
    <p className="picture-box" data-node="kafka">
      <strong>Kafka</strong>
      <span>{brokers.map(({ id, state }) => `${id} ${state === 'ready' ? 'up' : state}`).join(' · ')}</span>
      <span>carries the events</span>
    </p>
  );
}
