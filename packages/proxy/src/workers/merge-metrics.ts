import type { DestinationState, DestinationStatus, ProxyMetrics, UpstreamStatus } from '../proxy-api.js';

const fromBestToWorst: readonly DestinationState[] = ['up', 'starting', 'draining', 'slow', 'ejected', 'down'];

/**
 * The metrics of several workers as those of one proxy. Counts add up, and a destination is as bad as the worst state that any of
 * them reports. `upstreams` gives the present upstreams and destinations, in order.
 */
export function mergeMetrics(all: readonly ProxyMetrics[], upstreams: readonly UpstreamStatus[]): ProxyMetrics {
  const sum = (pick: (metrics: ProxyMetrics) => number): number => all.reduce((total, one) => total + pick(one), 0);
  const problems: Record<string, number> = {};
  const localErrors: Record<string, number> = {};
  const durations: Record<string, ProxyMetrics['durations'][string]> = {};
  for (const one of all) {
    for (const [code, count] of Object.entries(one.problems)) problems[code] = (problems[code] ?? 0) + count;
    for (const [code, count] of Object.entries(one.localErrors)) localErrors[code] = (localErrors[code] ?? 0) + count;
    for (const [name, histogram] of Object.entries(one.durations)) {
      const before = durations[name];
      durations[name] = {
        le: histogram.le,
        counts: histogram.counts.map((count, index) => count + (before?.counts[index] ?? 0)),
        sumMs: histogram.sumMs + (before?.sumMs ?? 0),
      };
    }
  }
  return {
    openConnections: sum((one) => one.openConnections),
    openTunnels: sum((one) => one.openTunnels),
    connections: sum((one) => one.connections),
    requests: sum((one) => one.requests),
    clientAborts: sum((one) => one.clientAborts),
    retries: sum((one) => one.retries),
    shed: sum((one) => one.shed),
    workerRestarts: sum((one) => one.workerRestarts),
    workers: all.flatMap((one) => one.workers),
    missingWorkers: sum((one) => one.missingWorkers),
    problems,
    localErrors,
    upstreams: upstreams.map((upstream) => mergeUpstream(upstream, all)),
    durations,
  };
}

/** The metrics that remain of a worker that ended: its counts, without the things it held open. */
export function afterTheEnd(metrics: ProxyMetrics): ProxyMetrics {
  const idle = { inFlight: 0, tunnels: 0, boundClients: 0, state: 'up' } as const;
  return {
    ...metrics,
    openConnections: 0,
    openTunnels: 0,
    workers: [],
    missingWorkers: 0,
    upstreams: metrics.upstreams.map((upstream) => ({
      ...upstream,
      queued: 0,
      destinations: upstream.destinations.map((destination) => ({ ...destination, ...idle })),
    })),
  };
}

function mergeUpstream(upstream: UpstreamStatus, all: readonly ProxyMetrics[]): UpstreamStatus {
  const theirs = all.flatMap(({ upstreams }) => upstreams.filter(({ name }) => name === upstream.name));
  return {
    ...upstream,
    queued: theirs.reduce((total, { queued }) => total + queued, 0),
    destinations: upstream.destinations.map((destination) =>
      theirs
        .flatMap(({ destinations }) => destinations.filter(({ id }) => id === destination.id))
        .reduce(mergeDestination, destination),
    ),
  };
}

function mergeDestination(a: DestinationStatus, b: DestinationStatus): DestinationStatus {
  return {
    ...a,
    state: worstOf([a.state, b.state]),
    inFlight: a.inFlight + b.inFlight,
    tunnels: a.tunnels + b.tunnels,
    boundClients: a.boundClients + b.boundClients,
    counters: {
      requests: a.counters.requests + b.counters.requests,
      failures: a.counters.failures + b.counters.failures,
      retries: a.counters.retries + b.counters.retries,
      ejections: a.counters.ejections + b.counters.ejections,
      responses: {
        '1xx': a.counters.responses['1xx'] + b.counters.responses['1xx'],
        '2xx': a.counters.responses['2xx'] + b.counters.responses['2xx'],
        '3xx': a.counters.responses['3xx'] + b.counters.responses['3xx'],
        '4xx': a.counters.responses['4xx'] + b.counters.responses['4xx'],
        '5xx': a.counters.responses['5xx'] + b.counters.responses['5xx'],
      },
    },
  };
}

/** The worst of some states, of which there is at least one. */
export function worstOf(states: readonly DestinationState[]): DestinationState {
  return fromBestToWorst[Math.max(...states.map((state) => fromBestToWorst.indexOf(state)))] ?? 'up';
}
