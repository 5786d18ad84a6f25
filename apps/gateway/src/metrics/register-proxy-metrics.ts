import type { ProxyMetrics } from '@holdfast/proxy';
import type { Metric, Registry } from 'prom-client';
import { proxyMetrics } from './proxy-metrics.js';

/**
 * Puts the proxy's counters into a registry, read when they are scraped. The proxy counts by itself, because prom-client would be
 * slower on the request path; the registered metrics only render.
 */
export function registerProxyMetrics(registry: Registry, read: () => ProxyMetrics): void {
  for (const { name, help, type, samples } of proxyMetrics) {
    const rendered = {
      name,
      get: async () => ({ name, help, type, aggregator: 'sum', values: samples(read()) }),
      reset: () => undefined,
    };
    // The metrics of prom-client hold their own numbers; the registry needs only these three members of a metric.
    registry.registerMetric(rendered as unknown as Metric);
  }
}
