import type { System } from '@holdfast/system';

/** One scenario of the system file, as a cluster or a cloud runs it. */
export interface DeployedScenario {
  readonly scenario: string;
  readonly apps: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** How the load balancer chooses a server for a client that is not bound. */
  readonly policy: System['scenarios'][string]['policy'];
  /** A cookie binds each client to its server. */
  readonly affinity: boolean;
  /** Sessions are in the memory of the servers: one that leaves takes its users' logins with it. */
  readonly inMemory: boolean;
}

/** What a scenario of the system file runs. Throws with the known names where there is none of this name. */
export function deployedScenario(system: System, name: string): DeployedScenario {
  const scenario = system.scenarios[name];
  const fleet = system.fleets[scenario?.fleet ?? ''];
  if (scenario === undefined || fleet === undefined) {
    const names = Object.keys(system.scenarios).join(', ');
    throw new Error(`infra/system.yaml has no scenario "${name}": name one of ${names}`);
  }
  const { policy, affinity } = scenario;
  return {
    scenario: name,
    apps: fleet.apps,
    env: fleet.env,
    policy,
    affinity,
    inMemory: fleet.env.SESSION_STORE === 'memory',
  };
}
