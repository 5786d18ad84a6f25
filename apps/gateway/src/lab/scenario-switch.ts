import type { UpstreamStatus } from '@holdfast/proxy';
import type { ScenarioDescription } from '@holdfast/system/scenario';
import type { Gateway } from '../gateway.js';
import type { ScenarioHosts } from './scenario-hosts.js';
import { scenarioOf } from './scenario-routes.js';

/** One server of a scenario: the destinations that share its number, such as `auth-2`, `todo-2` and `chat-2`. */
export interface ScenarioServer {
  readonly name: string;
  readonly destinations: readonly string[];
}

/** A scenario as `GET /scenario` lists it, without the fields that the file lacks. */
export interface ListedScenario extends Partial<ScenarioDescription> {
  readonly name: string;
  /** Whether each of its own upstreams has a destination. */
  readonly runs: boolean;
  readonly servers: readonly ScenarioServer[];
}

/** The active scenario and all existing ones. */
export interface ScenarioStatus {
  readonly active: string;
  readonly scenarios: readonly string[];
  readonly list: readonly ListedScenario[];
}

/** The result of a switch; `hint` says how to start a scenario whose servers do not run. */
export type SwitchResult = 'switched' | 'unknown' | { readonly hint: string | null };

/** Reads and switches the scenario that the plain hosts of a gateway serve. */
export class ScenarioSwitch {
  constructor(private readonly gateway: Gateway) {}

  status(): ScenarioStatus {
    const { scenarios, names } = this.known();
    return { active: scenarios.active, scenarios: names, list: names.map((name) => this.listed(name, scenarios)) };
  }

  /**
   * Serves `name` at the plain hosts from the next request on. Only routes change, so the proxy keeps every upstream with its
   * health, its load and the admin API's changes to its destinations. It refuses a scenario without servers.
   */
  activate(name: string): SwitchResult {
    const { scenarios, names } = this.known();
    if (!names.includes(name)) return 'unknown';
    const idle = this.upstreamsOf(name, scenarios).find(({ destinations }) => destinations.length === 0);
    if (idle !== undefined) return { hint: idle.hint ?? null };
    this.gateway.run({ ...this.gateway.file, scenarios: scenarios.withActive(name) });
    return 'switched';
  }

  private known(): { scenarios: ScenarioHosts; names: readonly string[] } {
    const { scenarios, proxy } = this.gateway.file;
    // This part is loaded only for a file with scenarios, and a reload cannot remove them.
    if (scenarios === undefined) throw new Error('the gateway file has no scenarios');
    return { scenarios, names: scenarios.names(proxy.routes) };
  }

  private listed(name: string, scenarios: ScenarioHosts): ListedScenario {
    const upstreams = this.upstreamsOf(name, scenarios);
    return {
      ...scenarios.descriptions.find((description) => description.name === name),
      name,
      runs: upstreams.every(({ destinations }) => destinations.length > 0),
      servers: serversOf(upstreams),
    };
  }

  /** The upstreams of this scenario alone: one that several scenarios share, such as the page's, does not count. */
  private upstreamsOf(name: string, { domain }: ScenarioHosts): readonly UpstreamStatus[] {
    const users = new Map<string, Set<string | undefined>>();
    for (const route of this.gateway.file.proxy.routes) {
      const seen = users.get(route.upstream) ?? new Set();
      users.set(route.upstream, seen.add(scenarioOf(route, domain)));
    }
    return this.gateway.upstreams().filter((upstream) => {
      const scenarios = users.get(upstream.name);
      return scenarios?.size === 1 && scenarios.has(name);
    });
  }
}

function serversOf(upstreams: readonly UpstreamStatus[]): ScenarioServer[] {
  const servers = new Map<string, string[]>();
  for (const { id } of upstreams.flatMap(({ destinations }) => destinations)) {
    const number = /-(\d+)$/.exec(id)?.[1];
    const name = number === undefined ? id : `server-${number}`;
    servers.set(name, [...(servers.get(name) ?? []), id]);
  }
  return [...servers].map(([name, destinations]) => ({ name, destinations }));
}
