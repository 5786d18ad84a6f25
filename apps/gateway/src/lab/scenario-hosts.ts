import type { ConfigMistake, ProxyConfig } from '@holdfast/proxy';
import { type ScenarioDescription, scenarioDescriptionShape } from '@holdfast/system/scenario';
import { expandRoutes, type Route, type ScenariosBlock, scenarioNames } from './scenario-routes.js';

/** The scenarios of a gateway file: the one at the plain hosts, and the description of each. */
export class ScenarioHosts {
  constructor(
    readonly active: string,
    readonly domain: string,
    /** The file's descriptions of its scenarios; a hand-written file may have none. */
    readonly descriptions: readonly ScenarioDescription[] = [],
  ) {}

  /** The same scenarios with another one at the plain hosts. */
  withActive(active: string): ScenarioHosts {
    return new ScenarioHosts(active, this.domain, this.descriptions);
  }

  /** The scenarios that routes name, in the order of their first route. */
  names(routes: readonly Route[]): string[] {
    return scenarioNames(routes, this.domain);
  }

  /** The proxy's config, with every scenario's routes at all its hosts. */
  serve(config: ProxyConfig): ProxyConfig {
    const { active, domain } = this;
    const hosts = this.names(config.routes).map((name) => `${name}.${domain}`);
    const hint = `No route matches this host and path. There are: ${domain} (${active}), ${hosts.join(', ')}.`;
    return {
      ...config,
      routes: expandRoutes(config.routes, this),
      noRouteHint: config.noRouteHint ?? hint.slice(0, 4000),
    };
  }
}

/** Reads the `scenarios` block of a gateway file beside the file's routes. */
export function readScenarios(
  { active, domain, list }: ScenariosBlock,
  routes: readonly Route[],
): { readonly scenarios: ScenarioHosts; readonly mistakes: readonly ConfigMistake[] } {
  const descriptions: ScenarioDescription[] = [];
  const mistakes: ConfigMistake[] = [];
  for (const [index, described] of list.entries()) {
    const parsed = scenarioDescriptionShape.safeParse(described);
    if (parsed.success) descriptions.push(parsed.data);
    for (const { path, message } of parsed.error?.issues ?? []) {
      const example = 'leave scenarios.list out, or render the file with `npm start`';
      mistakes.push({ path: ['scenarios', 'list', index, ...path].join('.'), problem: message, example });
    }
  }
  const scenarios = new ScenarioHosts(active, domain, descriptions);
  return { scenarios, mistakes: [...mistakes, ...activeMistakes(scenarios, routes)] };
}

function activeMistakes({ active, domain }: ScenarioHosts, routes: readonly Route[]): readonly ConfigMistake[] {
  const names = scenarioNames(routes, domain);
  if (names.includes(active)) return [];
  const known = names.length === 0 ? `no route has a host under ${domain}` : `the routes name ${names.join(', ')}`;
  const example = names[0] ?? `routes: [{ host: ${active}.${domain}, upstream: app }]`;
  return [{ path: 'scenarios.active', problem: `"${active}" has no routes: ${known}`, example }];
}
