import type { System } from '@holdfast/system';
import { CONTAINER_PORT } from '../container.js';

/** What a cluster runs: one scenario of the system file. */
export interface Variant {
  /** The folder below `overlays/`. */
  readonly name: string;
  readonly scenario: string;
  readonly apps: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A cookie binds each client to its pod. */
  readonly affinity: boolean;
  /** Sessions are in the memory of the pods: one that leaves takes its users' logins with it. */
  readonly inMemory: boolean;
}

const SCENARIOS = { shared: 'round-robin-cached', sticky: 'sticky-cookie-local' } as const;

/** The two answers to the question of this repository. */
export function variantsOf(system: System): Variant[] {
  return Object.entries(SCENARIOS).map(([name, scenarioName]) => {
    const scenario = system.scenarios[scenarioName];
    const fleet = system.fleets[scenario?.fleet ?? ''];
    if (scenario === undefined || fleet === undefined) {
      throw new Error(`infra/system.yaml lacks the scenario ${scenarioName}: name another one in variants.ts`);
    }
    return {
      ...{ name, scenario: scenarioName, apps: fleet.apps, env: fleet.env, affinity: scenario.affinity },
      inMemory: fleet.env.SESSION_STORE === 'memory',
    };
  });
}

/** The labels of an app's pods, by which everything else selects them. */
export function selectorOf(app: string): Record<string, string> {
  return { 'app.kubernetes.io/name': app, 'app.kubernetes.io/part-of': 'holdfast' };
}

/** Every pod of ours. */
export const ALL_PODS = { matchLabels: { 'app.kubernetes.io/part-of': 'holdfast' } } as const;

/** The name of the port of services and pods. */
export const PORT = { name: 'http', containerPort: CONTAINER_PORT } as const;
