import type { ProxyMetrics } from '@holdfast/proxy';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { registerProxyMetrics } from './register-proxy-metrics.js';

const metrics: ProxyMetrics = {
  openConnections: 3,
  openTunnels: 0,
  connections: 9,
  requests: 40,
  clientAborts: 0,
  localErrors: {},
  retries: 1,
  shed: 0,
  workers: [{ pid: 1, requests: 40, openConnections: 3 }],
  missingWorkers: 0,
  workerRestarts: 2,
  problems: { no_destination: 2 },
  upstreams: [
    {
      name: 'app',
      policy: 'round-robin',
      affinity: null,
      hint: null,
      queued: 0,
      destinations: [
        {
          id: 'app-1',
          url: 'http://127.0.0.1:1',
          weight: 1,
          state: 'up',
          inFlight: 2,
          tunnels: 0,
          boundClients: 0,
          counters: {
            requests: 38,
            failures: 1,
            retries: 0,
            ejections: 0,
            responses: { '1xx': 0, '2xx': 36, '3xx': 0, '4xx': 1, '5xx': 0 },
          },
        },
      ],
    },
  ],
  durations: { app: { le: [1, 10], counts: [30, 35, 38], sumMs: 120.5 } },
};

async function scrape(): Promise<string[]> {
  const registry = new Registry();
  registerProxyMetrics(registry, () => metrics);
  return (await registry.metrics()).split('\n');
}

describe('proxy metrics', () => {
  test('are the counts of the proxy in Prometheus’ words', async () => {
    expect(await scrape()).toEqual(
      expect.arrayContaining([
        '# TYPE holdfast_proxy_open_connections gauge',
        'holdfast_proxy_open_connections 3',
        'holdfast_proxy_requests_total 40',
        'holdfast_proxy_workers 1',
        'holdfast_proxy_worker_restarts_total 2',
        'holdfast_proxy_problems_total{code="no_destination"} 2',
        'holdfast_proxy_destination_requests_total{upstream="app",destination="app-1"} 38',
        'holdfast_proxy_destination_responses_total{upstream="app",destination="app-1",status="2xx"} 36',
      ]),
    );
  });

  test('render a histogram whose last bucket holds every request', async () => {
    const lines = (await scrape()).filter((line) => line.startsWith('holdfast_proxy_request_duration_seconds'));
    expect(lines).toEqual([
      'holdfast_proxy_request_duration_seconds_bucket{upstream="app",le="0.001"} 30',
      'holdfast_proxy_request_duration_seconds_bucket{upstream="app",le="0.01"} 35',
      'holdfast_proxy_request_duration_seconds_bucket{upstream="app",le="+Inf"} 38',
      'holdfast_proxy_request_duration_seconds_sum{upstream="app"} 0.1205',
      'holdfast_proxy_request_duration_seconds_count{upstream="app"} 38',
    ]);
  });
});
