import type { System } from '@holdfast/system';
import { CONTAINER_PORT } from '../container.js';
import { type DeployedScenario, deployedScenario } from '../deployed-scenario.js';

/** A scenario that has overlays of its own. */
export interface Variant extends DeployedScenario {
  /** The folder below `overlays/`. */
  readonly name: string;
}

const SCENARIOS = { shared: 'round-robin-cached', sticky: 'sticky-cookie-local' } as const;

/** The two answers to the question of this repository. */
export function variantsOf(system: System): Variant[] {
  return Object.entries(SCENARIOS).map(([name, scenario]) => ({ name, ...deployedScenario(system, scenario) }));
}

/** The labels of an app's pods, by which everything else selects them. */
export function selectorOf(app: string): Record<string, string> {
  return { 'app.kubernetes.io/name': app, 'app.kubernetes.io/part-of': 'holdfast' };
}

/** Every pod of ours. */
export const ALL_PODS = { matchLabels: { 'app.kubernetes.io/part-of': 'holdfast' } } as const;

/** The name of the port of services and pods. */
export const PORT = { name: 'http', containerPort: CONTAINER_PORT } as const;
