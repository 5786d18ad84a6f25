import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { standardOutput } from '../logging/log-output.js';

/** The prom-client registry behind `/metrics` of one service: `new Counter({ …, registers: [registry] })`. */
@Injectable()
export class MetricsRegistry extends Registry {
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    super();
    // The default, 10 ms, would wake an idle process a hundred times a second.
    collectDefaultMetrics({ register: this, eventLoopMonitoringPrecision: 100 });
    // These are gauges named like counters, and only sum up nodejs_active_handles and the like, which count by type.
    for (const name of ['handles', 'requests', 'resources']) this.removeSingleMetric(`nodejs_active_${name}_total`);
    this.requests = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers: [this],
    });
    new Counter({
      name: 'log_lines_dropped_total',
      help: 'Log lines that the standard output did not take.',
      registers: [this],
      collect() {
        this.reset();
        this.inc(standardOutput().dropped);
      },
    });
  }

  /** `route` is the pattern (`/todos/:id`), never the path: labels must stay few. */
  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.labels(method, route, String(status)).observe(seconds);
  }

  /**
   * Publishes numbers that another part counts. Those named in `levels` go up and down and become gauges, `<prefix>_<name>`; the
   * others only grow and become counters, `<prefix>_<name>_total`. `read` runs at each scrape. Once per prefix.
   */
  exposeNumbers(
    prefix: string,
    help: string,
    read: () => Readonly<Record<string, number>>,
    levels: readonly string[] = [],
  ): void {
    for (const field of Object.keys(read())) {
      const isLevel = levels.includes(field);
      const name = `${prefix}_${snakeCase(field)}${isLevel ? '' : '_total'}`;
      // Modules in one process share their counters.
      if (this.getSingleMetric(name) !== undefined) continue;
      const settings = { name, help: `${help}: ${field}.`, registers: [this] };
      const value = (): number => read()[field] ?? 0;
      if (isLevel) {
        new Gauge({
          ...settings,
          collect() {
            this.set(value());
          },
        });
      } else {
        new Counter({
          ...settings,
          collect() {
            this.reset();
            this.inc(value());
          },
        });
      }
    }
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
