import type { ProcessStatus, UpstreamView } from '../admin/shapes.js';

/** What a person sees a destination doing: the gateway's view, overruled by what is known of its process. */
export type DestinationMood =
  | 'up'
  | 'starting'
  | 'slow'
  | 'down'
  | 'ejected'
  | 'draining'
  | 'paused'
  | 'stopped'
  | 'killed';

export type DestinationAction = 'kill' | 'pause' | 'resume' | 'restart' | 'drain' | 'undrain';

export interface DestinationView {
  readonly id: string;
  readonly upstream: string;
  readonly mood: DestinationMood;
  /** Part of the upstream's requests since the page was opened, 0 to 1. */
  readonly shareRatio: number;
  readonly requests: number;
}

export interface UpstreamGroup {
  /** The service behind it (`auth`), or the whole application. */
  readonly app: string;
  readonly upstream: string;
  /** How to start it, when there is nothing to show. */
  readonly hint: string | null;
  readonly destinations: readonly DestinationView[];
}

/** Requests per `upstream/destination` at the moment from which shares are counted. */
export type Baseline = ReadonlyMap<string, number>;

/** The counts of this moment, to measure shares from. */
export function baselineOf(upstreams: readonly UpstreamView[]): Baseline {
  return new Map(
    upstreams.flatMap(({ name, destinations }) =>
      destinations.map(({ id, counters }) => [`${name}/${id}`, counters.requests] as const),
    ),
  );
}

/** The upstreams of one scenario as the strip shows them. `processes` is null when the gateway runs without a fleet. */
export function topologyOf(
  scenario: string,
  upstreams: readonly UpstreamView[],
  processes: readonly ProcessStatus[] | null,
  baseline: Baseline,
): readonly UpstreamGroup[] {
  return upstreamsOf(scenario, upstreams).map((upstream) => {
    // A counter below its baseline belongs to a destination that was replaced: all of it is new.
    const fresh = upstream.destinations.map(({ id, counters }) => {
      const before = baseline.get(`${upstream.name}/${id}`) ?? 0;
      return counters.requests >= before ? counters.requests - before : counters.requests;
    });
    const total = fresh.reduce((sum, requests) => sum + requests, 0);
    return {
      app: upstream.name === scenario ? 'monolith' : upstream.name.slice(scenario.length + 1),
      upstream: upstream.name,
      hint: upstream.hint,
      destinations: upstream.destinations.map((destination, index) => {
        const process = processes?.find(({ id }) => id === destination.id);
        const mood = moodOf(destination.state, process?.state);
        const requests = fresh[index] ?? 0;
        return {
          id: destination.id,
          upstream: upstream.name,
          mood,
          requests,
          shareRatio: total === 0 ? 0 : requests / total,
        };
      }),
    };
  });
}

/** The upstreams of one scenario. */
export function upstreamsOf(scenario: string, upstreams: readonly UpstreamView[]): readonly UpstreamView[] {
  // A scenario with one upstream has its own name; `sticky-cookie-local-todos` must not pass for an app of `sticky-cookie-local`.
  const whole = upstreams.filter(({ name }) => name === scenario);
  return whole.length > 0 ? whole : upstreams.filter(({ name }) => name.startsWith(`${scenario}-`));
}

/** How long a destination has not been itself is told by its process first: a frozen server still looks `up` for a moment. */
export function moodOf(
  state: UpstreamView['destinations'][number]['state'],
  process?: ProcessStatus['state'],
): DestinationMood {
  switch (process) {
    case 'killed':
    case 'crashed':
      return 'killed';
    case 'unreachable':
      return 'down';
    case 'stopped':
    case 'paused':
    case 'starting':
      return process;
    case 'ready':
    case undefined:
      return state;
  }
}

/** Whether requests get there: the gateway sends some, and its process takes them. */
export function isReachable(mood: DestinationMood): boolean {
  return mood === 'up' || mood === 'starting' || mood === 'slow' || mood === 'draining';
}

/** What can be done to a destination in that mood. Without a process of the fleet only draining is left. */
export function actionsFor(mood: DestinationMood, controlled: boolean): readonly DestinationAction[] {
  const flow: DestinationAction = mood === 'draining' ? 'undrain' : 'drain';
  if (!controlled) return [flow];
  if (mood === 'killed' || mood === 'stopped') return ['restart'];
  if (mood === 'paused') return ['kill', 'resume', 'restart'];
  return ['kill', 'pause', 'restart', flow];
}
