import type { DestinationStatus, ProxyMetrics } from '@holdfast/proxy';

/** One line of a Prometheus metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Set if the line's name differs from its metric's, as in a histogram. */
  readonly metricName?: string;
}

/** A Prometheus metric and the function that reads it from the proxy's counters. */
export interface ProxyMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: (metrics: ProxyMetrics) => readonly Sample[];
}

const DURATION = 'holdfast_proxy_request_duration_seconds';

/** The proxy's counters, for Prometheus. Labels are names from the config, so the number of series is bounded. */
export const proxyMetrics: readonly ProxyMetric[] = [
  total('gauge', 'open_connections', 'Client connections open now', (metrics) => metrics.openConnections),
  total('gauge', 'open_tunnels', 'WebSockets tunneled now', (metrics) => metrics.openTunnels),
  total('counter', 'connections_total', 'Client connections accepted', (metrics) => metrics.connections),
  total('counter', 'requests_total', 'Requests read from clients', (metrics) => metrics.requests),
  total('counter', 'client_aborts_total', 'Requests the client gave up', (metrics) => metrics.clientAborts),
  total('counter', 'retries_total', 'Requests sent a second time', (metrics) => metrics.retries),
  total('counter', 'shed_total', 'Requests refused early because of overload', (metrics) => metrics.shed),
  total('gauge', 'workers', 'Processes that serve clients now', ({ workers }) => workers.length),
  total(
    'gauge',
    'missing_workers',
    'Workers that should serve clients and do not',
    (metrics) => metrics.missingWorkers,
  ),
  total(
    'counter',
    'worker_restarts_total',
    'Workers that died or did not answer and were replaced',
    (metrics) => metrics.workerRestarts,
  ),
  {
    name: 'holdfast_proxy_problems_total',
    help: 'Answers made by the proxy itself, by problem code',
    type: 'counter',
    samples: ({ problems }) => Object.entries(problems).map(([code, value]) => ({ labels: { code }, value })),
  },
  {
    name: 'holdfast_proxy_local_errors_total',
    help: 'Connections that failed because this machine lacks a resource or a name server failed, by error code',
    type: 'counter',
    samples: ({ localErrors }) => Object.entries(localErrors).map(([code, value]) => ({ labels: { code }, value })),
  },
  perDestination('gauge', 'up', '1 while new clients may go there', ({ state }) => (state === 'up' ? 1 : 0)),
  perDestination('gauge', 'in_flight', 'Requests and tunnels open now', ({ inFlight }) => inFlight),
  perDestination('gauge', 'bound_clients', 'Clients bound by affinity', ({ boundClients }) => boundClients),
  perDestination('counter', 'requests_total', 'Requests sent there', ({ counters }) => counters.requests),
  perDestination('counter', 'failures_total', 'Requests that failed there', ({ counters }) => counters.failures),
  perDestination('counter', 'ejections_total', 'Ejections of the destination', ({ counters }) => counters.ejections),
  {
    name: 'holdfast_proxy_destination_responses_total',
    help: 'Responses by status class',
    type: 'counter',
    samples: (metrics) =>
      destinations(metrics).flatMap(({ labels, destination }) =>
        Object.entries(destination.counters.responses).map(([status, value]) => ({
          labels: { ...labels, status },
          value,
        })),
      ),
  },
  {
    name: DURATION,
    help: 'Time from the head of a request to the last byte of its answer',
    type: 'histogram',
    samples: ({ durations }) =>
      Object.entries(durations).flatMap(([upstream, histogram]) => bucketsOf(upstream, histogram)),
  },
];

function total(
  type: ProxyMetric['type'],
  name: string,
  help: string,
  value: (metrics: ProxyMetrics) => number,
): ProxyMetric {
  return { name: `holdfast_proxy_${name}`, help, type, samples: (metrics) => [{ labels: {}, value: value(metrics) }] };
}

function perDestination(
  type: ProxyMetric['type'],
  name: string,
  help: string,
  value: (destination: DestinationStatus) => number,
): ProxyMetric {
  return {
    name: `holdfast_proxy_destination_${name}`,
    help,
    type,
    samples: (metrics) =>
      destinations(metrics).map(({ labels, destination }) => ({ labels, value: value(destination) })),
  };
}

function destinations({ upstreams }: ProxyMetrics) {
  return upstreams.flatMap((upstream) =>
    upstream.destinations.map((destination) => ({
      destination,
      labels: { upstream: upstream.name, destination: destination.id },
    })),
  );
}

/** The proxy's counts are cumulative already, the last one over every bound. */
function bucketsOf(upstream: string, { le, counts, sumMs }: ProxyMetrics['durations'][string]): readonly Sample[] {
  const count = counts.at(-1) ?? 0;
  return [
    ...[...le, '+Inf'].map((bound, index) => ({
      metricName: `${DURATION}_bucket`,
      labels: { upstream, le: typeof bound === 'number' ? bound / 1000 : bound },
      value: counts[index] ?? count,
    })),
    { metricName: `${DURATION}_sum`, labels: { upstream }, value: sumMs / 1000 },
    { metricName: `${DURATION}_count`, labels: { upstream }, value: count },
  ];
}
