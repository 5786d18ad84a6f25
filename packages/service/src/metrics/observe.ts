import type { INestApplication } from '@nestjs/common';
import { HealthRegistry } from '../health/health-registry.js';
import { MetricsRegistry } from './metrics-registry.js';

/** A part of a service that counts its work and may know whether it can work. */
export interface Observed {
  /** Numbers only; read at each scrape. */
  metrics(): object;
  /** Rejects when the service cannot work. */
  health?(): Promise<void>;
}

/**
 * Shows the part's numbers at `/metrics`, as `<name>_<number>`, and adds its health to `/readyz`. `levels` names the numbers that
 * also go down.
 */
export function observe(
  app: INestApplication,
  name: string,
  help: string,
  part: Observed,
  levels: readonly string[] = [],
): void {
  app.get(MetricsRegistry).exposeNumbers(name, help, () => ({ ...part.metrics() }), levels);
  if (part.health !== undefined) app.get(HealthRegistry).register(name, () => part.health?.() ?? Promise.resolve());
}
