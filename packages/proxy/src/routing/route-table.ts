import { normalisePath } from './normalise-path.js';

/** The parts of a route that matching reads. */
export interface RouteRule {
  /** Host without port; undefined matches any host. */
  readonly host?: string | undefined;
  /** Path prefix on whole segments. */
  readonly path: string;
}

/** The outcome of matching: a route, none, or `ambiguous` when the path has two readings with different routes. */
export type RouteMatch<R> = R | 'no-route' | 'ambiguous';

/**
 * Finds the route of a request: the routes of its host first, then those for any host; among them the longest path
 * prefix. A path that spells differently once decoded must lead to the same route either way, else it is ambiguous.
 */
export class RouteTable<R extends RouteRule> {
  private readonly byHost = new Map<string, readonly R[]>();
  private readonly anyHost: readonly R[];
  /** `Host` values as clients spell them (case, port) → routes; bounded, since clients choose them. */
  private readonly recent = new Map<string, readonly R[]>();

  constructor(routes: readonly R[]) {
    const longestFirst = [...routes].sort((a, b) => b.path.length - a.path.length);
    this.anyHost = longestFirst.filter((route) => route.host === undefined);
    for (const { host } of routes) {
      if (host === undefined) continue;
      const key = host.toLowerCase();
      const own = longestFirst.filter((route) => route.host?.toLowerCase() === key);
      this.byHost.set(key, [...own, ...this.anyHost]);
    }
  }

  /** `plain`: the path has no escapes, empty or dot segments, so it reads one way only. */
  match(host: string, path: string, plain: boolean): RouteMatch<R> {
    const routes = this.routesOf(host);
    const route = longestPrefix(routes, path);
    if (plain) return route ?? 'no-route';
    const normal = normalisePath(path);
    if (normal === null || longestPrefix(routes, normal) !== route) return 'ambiguous';
    return route ?? 'no-route';
  }

  private routesOf(host: string): readonly R[] {
    const known = this.recent.get(host);
    if (known !== undefined) return known;
    const name = host.replace(/:\d*$/, '').toLowerCase();
    const routes = this.byHost.get(name) ?? this.anyHost;
    if (this.recent.size >= 1000) this.recent.clear();
    this.recent.set(host, routes);
    return routes;
  }
}

function longestPrefix<R extends RouteRule>(routes: readonly R[], path: string): R | undefined {
  for (const route of routes) if (hasPrefix(path, route.path)) return route;
  return undefined;
}

function hasPrefix(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return prefix.length === path.length + 1 && prefix === `${path}/`;
  return (
    path.length === prefix.length ||
    prefix.charCodeAt(prefix.length - 1) === 0x2f ||
    path.charCodeAt(prefix.length) === 0x2f
  );
}
