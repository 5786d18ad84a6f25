import type { AffinityTokens } from '../affinity/affinity-cookie.js';
import type { RouteConfig } from '../config/proxy-config.js';
import type { RequestHead } from '../http1/request-head.js';
import { RouteSplit, type SplitPart } from '../routing/route-split.js';
import type { Upstream } from '../upstreams/upstream.js';
import { cookieOf } from './choice.js';

/** An upstream of a split route, with the token that stands for it in the split's cookie. */
export interface BoundPart extends SplitPart<Upstream> {
  readonly token: string;
}

/** The split of one route. */
export interface BoundSplit {
  /** The name of the route in tokens. */
  readonly route: string;
  readonly spread: RouteSplit<Upstream, BoundPart>;
  /** Name of the cookie that keeps a client with its upstream; without one each request is spread by itself. */
  readonly cookie: string | undefined;
  readonly maxAgeSeconds: number | undefined;
}

/** The upstream of a request, and the Set-Cookie line that keeps the client there; an empty text when it has one already. */
export interface ChosenUpstream {
  readonly upstream: Upstream;
  readonly cookieLine: string;
}

/** A route's split with its upstreams at hand; undefined for a route that has none. Registers their tokens. */
export function bindSplit(
  { host = '*', path, upstream, split }: RouteConfig,
  upstreams: ReadonlyMap<string, Upstream>,
  tokens: AffinityTokens<Upstream>,
): BoundSplit | undefined {
  if (split === undefined) return undefined;
  const { cookie, maxAgeSeconds, weight, others } = split;
  const route = `${host.toLowerCase()}${path}`;
  const parts = [{ upstream, weight }, ...others].flatMap((part) => {
    const target = upstreams.get(part.upstream);
    if (target === undefined) return [];
    const token = tokens.register(route, part.upstream, target, maxAgeSeconds !== undefined);
    return [{ upstream: target, weight: part.weight, token }];
  });
  return { route, spread: new RouteSplit(parts), cookie, maxAgeSeconds };
}

/** Chooses by the client's cookie if that names one of the route's upstreams, else by weight. */
export function chooseUpstream(
  { route, spread, cookie, maxAgeSeconds }: BoundSplit,
  tokens: AffinityTokens<Upstream>,
  head: RequestHead,
): ChosenUpstream {
  if (cookie === undefined) return { upstream: spread.next().upstream, cookieLine: '' };
  const value = cookieOf(head, cookie);
  const binding = value === undefined ? undefined : tokens.read(route, value, maxAgeSeconds);
  const bound = spread.parts.find(({ upstream }) => upstream === binding?.destination);
  if (bound !== undefined) return { upstream: bound.upstream, cookieLine: '' };
  const { upstream, token } = spread.next();
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
  const issued = tokens.issue(route, token, value);
  return { upstream, cookieLine: `Set-Cookie: ${cookie}=${issued}; Path=/; HttpOnly; SameSite=Lax${age}\r\n` };
}
