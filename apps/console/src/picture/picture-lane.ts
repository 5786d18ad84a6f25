import type { ProcessStatus, SessionCount, StateChange, UpstreamView } from '../admin/shapes.js';
import type { Topology } from '../admin/use-topology.js';
import { type DestinationMood, topologyOf } from '../lab/topology.js';

/** One server of the picture, by what the admin API and the server say of it; null is unknown. */
export interface PictureServer {
  readonly id: string;
  readonly upstream: string;
  readonly mood: DestinationMood;
  /** Why it is not simply up; null where it is. */
  readonly reason: string | null;
  /** Requests that it is working on, open sockets left out. */
  readonly load: number;
  /** Clients with an affinity cookie for it; null where the scenario has no such cookie. */
  readonly bound: number | null;
  readonly sockets: number;
  /** Sessions in its memory store, and copies in its near cache. */
  readonly held: number | null;
  readonly cached: number | null;
}

export interface PictureGroup {
  readonly app: string;
  readonly upstream: string;
  readonly hint: string | null;
  readonly servers: readonly PictureServer[];
}

/** The newest change of each destination's state, by `upstream/destination`. */
export type Changes = ReadonlyMap<string, StateChange>;

/** The sessions that each destination has, by `upstream/destination`. */
export type Counts = ReadonlyMap<string, SessionCount>;

/** The servers of one scenario, by app. */
export function pictureLane(
  scenario: string,
  { upstreams, processes, baseline }: Pick<Topology, 'upstreams' | 'processes' | 'baseline'>,
  changes: Changes,
  counts: Counts,
): readonly PictureGroup[] {
  return topologyOf(scenario, upstreams, processes, baseline).map(({ app, upstream, hint, destinations }) => {
    const view = upstreams.find(({ name }) => name === upstream);
    const servers = destinations.flatMap(({ id, mood }) => {
      const destination = view?.destinations.find((each) => each.id === id);
      if (view === undefined || destination === undefined) return [];
      const key = `${upstream}/${id}`;
      const answers = mood !== 'killed' && mood !== 'stopped' && mood !== 'paused' && mood !== 'down';
      const count = answers ? counts.get(key) : undefined;
      return {
        ...{ id, upstream, mood },
        reason: reasonOf(mood, destination.state, processes?.find((each) => each.id === id)?.state, changes.get(key)),
        load: Math.max(0, destination.inFlight - destination.tunnels),
        bound: view.affinity === null ? null : destination.boundClients,
        sockets: destination.tunnels,
        held: count?.held ?? null,
        cached: count?.cached ?? null,
      };
    });
    return { app, upstream, hint, servers };
  });
}

function reasonOf(
  mood: DestinationMood,
  state: UpstreamView['destinations'][number]['state'],
  process: ProcessStatus['state'] | undefined,
  change: StateChange | undefined,
): string | null {
  if (process === 'killed') return 'its process was killed';
  if (process === 'crashed') return 'its process ended by itself';
  if (process === 'stopped') return 'its process was stopped';
  if (process === 'paused') return 'its process is frozen';
  if (process === 'starting') return 'its process starts';
  if (mood === 'up') return null;
  if (change?.state === state) return change.because;
  return 'why is unknown: it was so before this page was opened';
}
