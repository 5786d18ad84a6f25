import type { System } from '@holdfast/system';
import type { RunningReplica } from '../system/gateway-file.js';
import { idPrefix, scenarioUpstreams } from '../system/upstreams.js';

/** The destinations of one app in one scenario, and how requests come to them: what every load balancer's file says in its own words. */
export interface Pool {
  /** As the gateway's upstream is called. */
  readonly name: string;
  readonly host: string;
  /** Path prefixes. */
  readonly routes: readonly string[];
  readonly policy: System['scenarios'][string]['policy'];
  /** Whether a cookie binds each client to its destination. */
  readonly affinity: boolean;
  readonly destinations: readonly { readonly id: string; readonly port: number }[];
}

/** The name of the cookie that binds a client, or the first part of it. */
export const AFFINITY_COOKIE = 'hf_affinity';

/** The pools of these scenarios with the replicas that run. Throws when a scenario is unknown. */
export function poolsOf(system: System, scenarios: readonly string[], replicas: readonly RunningReplica[]): Pool[] {
  return scenarios.flatMap((scenario) => {
    const known = system.scenarios[scenario];
    if (known === undefined) throw new Error(`there is no scenario "${scenario}"`);
    const { policy, affinity } = known;
    return scenarioUpstreams(system)
      .filter((upstream) => upstream.scenario === scenario)
      .map(({ name, fleet, app }) => ({
        ...{ name, host: `${scenario}.localhost`, routes: system.apps[app]?.routes ?? [], policy, affinity },
        destinations: replicas
          .filter((replica) => replica.fleet === fleet && replica.app === app)
          .map(({ id, port }) => ({ id, port })),
      }));
  });
}

/** The pools of a scenario as they might run: three replicas of each app at ports from 3001 on. */
export function examplePools(system: System, scenario: string): Pool[] {
  const fleet = system.scenarios[scenario]?.fleet ?? '';
  const replicas = (system.fleets[fleet]?.apps ?? []).flatMap((app, n) =>
    [1, 2, 3].map((number) => ({
      ...{ id: `${idPrefix(system, fleet, app)}-${number}`, app, fleet, port: 3000 + n * 100 + number },
    })),
  );
  return poolsOf(system, [scenario], replicas);
}
