import type { Topology } from '../admin/use-topology.js';
import { ServerBadge } from '../design/server-badge.js';
import { topologyOf } from '../lab/topology.js';
import { replicaColour } from '../request/replica.js';
import type { ScenarioCard } from '../scenario/catalogue.js';
import { type SessionPlace, sessionPlace } from './session-place.js';
import type { Happening } from './stage.js';

interface StorySceneProps {
  readonly cards: readonly ScenarioCard[];
  readonly topology: Topology;
  readonly happenings: readonly Happening[];
}

/** The system as the step sees it: browser, balancer, servers and Redis, and in which of them the session is. */
export function StoryScene({ cards, topology, happenings }: StorySceneProps) {
  const places = new Map(cards.map(({ name }) => [name, sessionPlace(happenings, name)]));
  return (
    <section className="scene" aria-label="The system" data-lanes={cards.length}>
      <p className="scene-box scene-you">
        <strong>You</strong>
        <span>{whereIs([...places.values()])}</span>
      </p>
      <div className="scene-lanes">
        {cards.map((card) => (
          <SceneLane
            key={card.name}
            card={card}
            topology={topology}
            happenings={happenings}
            place={places.get(card.name) ?? sessionPlace([], card.name)}
          />
        ))}
      </div>
    </section>
  );
}

interface SceneLaneProps extends Pick<StorySceneProps, 'topology' | 'happenings'> {
  readonly card: ScenarioCard;
  readonly place: SessionPlace;
}

function SceneLane({ card, topology, happenings, place }: SceneLaneProps) {
  const groups = topologyOf(card.name, topology.upstreams, topology.processes, topology.baseline);
  const last = happenings.findLast((each) => each.kind === 'request');
  const gifts = Object.assign({}, ...happenings.map((each) => (each.kind === 'deed' ? each.gives : undefined)));
  const answered = last?.scenario === card.name ? last.answer.servedBy : null;
  const redis = card.store === 'redis' ? topology.processes?.find(({ id }) => id === 'redis') : undefined;
  const reader = card.store === 'redis' ? topology.processes?.find(({ app }) => app === 'reader') : undefined;
  return (
    <div className="scene-lane">
      <p className="scene-box scene-gateway">
        <strong>{card.routing}</strong>
        <span>balancer</span>
      </p>
      <div className="scene-groups">
        {groups.map((group) => (
          <ul key={group.upstream} className="scene-servers" aria-label={`${group.app} servers`}>
            {group.destinations.map(({ id, mood }) => (
              <SceneServer
                key={id}
                id={id}
                mood={mood}
                token={tokenOf(place, id)}
                gift={gifts[id]}
                answered={answered === id}
              />
            ))}
            {group.destinations.length === 0 ? <li className="hint">Not running. {group.hint}</li> : null}
          </ul>
        ))}
        {reader === undefined ? null : (
          <ul className="scene-servers" aria-label="Another language">
            <SceneServer
              id={reader.id}
              mood={reader.state === 'ready' ? 'up' : reader.state}
              token={null}
              gift="another language"
              answered={answered === reader.id}
            />
          </ul>
        )}
      </div>
      {redis === undefined ? null : (
        <p className="scene-box scene-redis" data-node="redis" data-state={redis.state}>
          <strong>Redis</strong>
          <span>{redis.state === 'ready' ? 'up' : `${redis.state}: unreachable`}</span>
          {place.at === 'redis' ? <span className="session-token">your session</span> : null}
        </p>
      )}
    </div>
  );
}

interface SceneServerProps {
  readonly id: string;
  readonly mood: string;
  readonly token: 'your session' | 'a copy' | null;
  readonly gift: string | undefined;
  /** It answered the last request. */
  readonly answered: boolean;
}

function SceneServer({ id, mood, token, gift, answered }: SceneServerProps) {
  return (
    <li className="scene-server" data-server={replicaColour(id)} data-mood={mood} data-answered={answered}>
      <ServerBadge destination={id} />
      <span className="mood">{mood}</span>
      {token === null ? null : (
        <span className={token === 'a copy' ? 'session-token session-copy' : 'session-token'}>{token}</span>
      )}
      {gift === undefined ? null : <span className="scene-gift">{gift}</span>}
    </li>
  );
}

function tokenOf({ at, copies }: SessionPlace, id: string): SceneServerProps['token'] {
  if (typeof at === 'object' && at.server === id) return 'your session';
  return copies.includes(id) ? 'a copy' : null;
}

/** Where the session is, in words: the token in the picture says it to eyes only. */
function whereIs(places: readonly SessionPlace[]): string {
  const words = places.flatMap(({ at, storeUnreachable }) => {
    if (storeUnreachable) return ['session in Redis, which is unreachable'];
    if (at === 'unknown') return [];
    if (at === 'gone') return ['session gone with its server'];
    if (typeof at === 'object') return [`session in ${at.server}`];
    return [at === 'redis' ? 'session in Redis' : 'session in Memcached'];
  });
  return words.length === 0 ? 'not signed in yet' : words.join(' · ');
}
