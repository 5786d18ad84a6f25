import type { ProxyMetrics } from '@holdfast/proxy';

/** One line of a Prometheus metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Set where the line's name differs from its metric's, as in a histogram. */
  readonly metricName?: string;
}

/** A Prometheus metric as prom-client renders it. */
export interface SampledMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly Sample[];
}

/** The proxy's counters as Prometheus metrics. Ids and names come from the config, so the number of series is bounded. */
export function proxySamples(metrics: ProxyMetrics): SampledMetric[] {
  const total = (name: string, help: string, value: number): SampledMetric => ({
    name: `holdfast_proxy_${name}`,
    help,
    type: name.startsWith('open_') ? 'gauge' : 'counter',
    values: [{ labels: {}, value }],
  });
  return [
    total('open_connections', 'Client connections open now', metrics.openConnections),
    total('open_tunnels', 'WebSockets tunnelled now', metrics.openTunnels),
    total('connections_total', 'Client connections accepted', metrics.connections),
    total('requests_total', 'Requests read from clients', metrics.requests),
    total('client_aborts_total', 'Requests the client gave up', metrics.clientAborts),
    total('retries_total', 'Requests sent a second time', metrics.retries),
    total('shed_total', 'Requests refused early because of overload', metrics.shed),
    {
      name: 'holdfast_proxy_problems_total',
      help: 'Answers made by the proxy itself, by problem code',
      type: 'counter',
      values: Object.entries(metrics.problems).map(([code, value]) => ({ labels: { code }, value })),
    },
    ...destinationSamples(metrics),
    durationSamples(metrics),
  ];
}

function destinationSamples({ upstreams }: ProxyMetrics): SampledMetric[] {
  const rows = upstreams.flatMap(({ name, destinations }) =>
    destinations.map((destination) => ({ destination, labels: { upstream: name, destination: destination.id } })),
  );
  const perDestination = (
    name: string,
    help: string,
    type: 'counter' | 'gauge',
    value: (row: (typeof rows)[number]['destination']) => number,
  ): SampledMetric => ({
    name: `holdfast_proxy_destination_${name}`,
    help,
    type,
    values: rows.map(({ destination, labels }) => ({ labels, value: value(destination) })),
  });
  return [
    perDestination('up', '1 while new clients are sent there', 'gauge', ({ state }) => (state === 'up' ? 1 : 0)),
    perDestination('in_flight', 'Requests and tunnels open now', 'gauge', ({ inFlight }) => inFlight),
    perDestination('bound_clients', 'Clients bound by affinity', 'gauge', ({ boundClients }) => boundClients),
    perDestination('requests_total', 'Requests sent there', 'counter', ({ counters }) => counters.requests),
    perDestination('failures_total', 'Requests it failed', 'counter', ({ counters }) => counters.failures),
    perDestination('ejections_total', 'Times it was ejected', 'counter', ({ counters }) => counters.ejections),
    {
      name: 'holdfast_proxy_destination_responses_total',
      help: 'Responses by status class',
      type: 'counter',
      values: rows.flatMap(({ destination, labels }) =>
        Object.entries(destination.counters.responses).map(([status, value]) => ({
          labels: { ...labels, status },
          value,
        })),
      ),
    },
  ];
}

function durationSamples({ durations }: ProxyMetrics): SampledMetric {
  const name = 'holdfast_proxy_duration_ms';
  const values = Object.entries(durations).flatMap(([upstream, { le, counts, sumMs }]) => {
    const count = counts.at(-1) ?? 0;
    const buckets = le.map((bound, index) => ({
      metricName: `${name}_bucket`,
      labels: { upstream, le: Number.isFinite(bound) ? bound : '+Inf' },
      value: counts[index] ?? 0,
    }));
    return [
      ...buckets,
      ...(le.at(-1) === Number.POSITIVE_INFINITY
        ? []
        : [{ metricName: `${name}_bucket`, labels: { upstream, le: '+Inf' }, value: count }]),
      { metricName: `${name}_sum`, labels: { upstream }, value: sumMs },
      { metricName: `${name}_count`, labels: { upstream }, value: count },
    ];
  });
  return {
    name,
    help: 'Milliseconds from the head of a request to the last byte of its answer',
    type: 'histogram',
    values,
  };
}
