import type { ProxyMetrics } from '@holdfast/proxy';
import type { Metric, Registry } from 'prom-client';
import { proxyMetrics } from './proxy-metrics.js';

/**
 * Puts the proxy's counters into a registry, read when they are scraped. The proxy counts by itself, faster than prom-client
 * could on the request path, so what is registered only renders.
 */
export function registerProxyMetrics(registry: Registry, read: () => ProxyMetrics): void {
  for (const { name, help, type, samples } of proxyMetrics) {
    const rendered = {
      name,
      get: async () => ({ name, help, type, aggregator: 'sum', values: samples(read()) }),
      reset: () => undefined,
    };
    // prom-client's own metrics own their numbers; the registry asks of a metric no more than these three.
    registry.registerMetric(rendered as unknown as Metric);
  }
}
