/** Where the comparison page and its frames live: `lab.<domain>` and `<scenario>.lab.<domain>` are one site to a browser. */
export const LAB_LABEL = 'lab';

/** A route as scenarios look at it. */
export interface Route {
  readonly host?: string | undefined;
}

/** The gateway file's `scenarios` block. */
export interface ScenariosBlock {
  /** The scenario that plain `<domain>` serves. */
  readonly active: string;
  /** The domain under which every scenario has its host; `localhost` unless the file says otherwise. */
  readonly domain: string;
  /** The description of each scenario, unread. */
  readonly list: readonly unknown[];
}

/** Names the scenario a route belongs to, or undefined for a route whose host is not `<name>.<domain>`. */
export function scenarioOf(route: Route, domain: string): string | undefined {
  const host = route.host?.toLowerCase();
  if (!host?.endsWith(`.${domain}`)) return undefined;
  const name = host.slice(0, -domain.length - 1);
  return name === LAB_LABEL || name.includes('.') ? undefined : name;
}

/** The scenarios that routes name, in the order of their first route. */
export function scenarioNames(routes: readonly Route[], domain: string): string[] {
  const names = routes.map((route) => scenarioOf(route, domain)).filter((name) => name !== undefined);
  return [...new Set(names)];
}

/**
 * Gives every scenario route its hosts: `<name>.<domain>`, `<name>.lab.<domain>` and, for the active scenario, `<domain>`,
 * `lab.<domain>` and the loopback addresses. Other routes are returned as written.
 */
export function expandRoutes<R extends Route>(
  routes: readonly R[],
  { active, domain }: Pick<ScenariosBlock, 'active' | 'domain'>,
): R[] {
  const plainHosts = [...new Set([domain, `${LAB_LABEL}.${domain}`, 'localhost', '127.0.0.1', '[::1]'])];
  return routes.flatMap((route) => {
    const name = scenarioOf(route, domain);
    if (name === undefined) return [route];
    const hosts = [`${name}.${domain}`, `${name}.${LAB_LABEL}.${domain}`, ...(name === active ? plainHosts : [])];
    return hosts.map((host) => ({ ...route, host }));
  });
}
