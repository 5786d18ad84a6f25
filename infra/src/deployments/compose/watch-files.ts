import type { System } from '@holdfast/system';
import { addressOf, replicaIds } from './compose-services.js';

/** Prometheus asks the gateway and every replica of a scenario, and knows the alerts. */
export function prometheusFile(system: System, scenarioName: string): object {
  const fleet = system.scenarios[scenarioName]?.fleet ?? '';
  const jobs = [
    { job: 'gateway', ids: ['gateway'] },
    ...(system.fleets[fleet]?.apps ?? []).map((app) => ({ job: app, ids: replicaIds(system, fleet, app) })),
  ];
  return {
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    // Beside this file.
    rule_files: ['alerts.yaml'],
    scrape_configs: jobs.map(({ job, ids }) => ({
      job_name: job,
      static_configs: [{ targets: ids.map((id) => addressOf(id)) }],
    })),
  };
}

/** Traces of every process come to the collector, which shows them in its log; add an exporter for the place where you keep them. */
export const COLLECTOR_FILE = {
  receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' }, grpc: { endpoint: '0.0.0.0:4317' } } } },
  processors: { memory_limiter: { check_interval: '1s', limit_mib: 128 }, batch: {} },
  exporters: { debug: { verbosity: 'basic' } },
  service: {
    pipelines: { traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['debug'] } },
  },
};

/** Grafana reads Prometheus. */
export const GRAFANA_DATASOURCES = {
  apiVersion: 1,
  datasources: [
    { name: 'Prometheus', uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090', isDefault: true },
  ],
};

/** Where Grafana's container has the dashboards. */
export const DASHBOARDS_FOLDER = '/etc/grafana/dashboards';

/** Grafana shows every dashboard of that folder. */
export const GRAFANA_DASHBOARDS = {
  apiVersion: 1,
  providers: [{ name: 'Holdfast', folder: 'Holdfast', type: 'file', options: { path: DASHBOARDS_FOLDER } }],
};
