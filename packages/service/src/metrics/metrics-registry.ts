import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { standardOutput } from '../logging/log-output.js';

/** The prom-client registry behind `/metrics` of one service: `new Counter({ …, registers: [registry] })`. */
@Injectable()
export class MetricsRegistry extends Registry {
  readonly #requests: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    super();
    // The default, 10 ms, would wake an idle process a hundred times a second.
    collectDefaultMetrics({ register: this, eventLoopMonitoringPrecision: 100 });
    this.#requests = new Histogram({
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
    this.#requests.labels(method, route, String(status)).observe(seconds);
  }

  /** Publishes numbers that someone else counts, as `<prefix>_<name_in_snake_case>`; `read` runs at each scrape. Once per prefix. */
  exposeNumbers(prefix: string, help: string, read: () => Readonly<Record<string, number>>): void {
    for (const name of Object.keys(read())) {
      const metric = `${prefix}_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
      // Modules that share one process share what they count.
      if (this.getSingleMetric(metric) !== undefined) continue;
      new Gauge({
        name: metric,
        help: `${help}: ${name}`,
        registers: [this],
        collect() {
          this.set(read()[name] ?? 0);
        },
      });
    }
  }
}
