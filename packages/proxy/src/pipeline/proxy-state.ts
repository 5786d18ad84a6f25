import type { AffinityTokens } from '../affinity/affinity-cookie.js';
import type { ResolvedConfig, RouteConfig } from '../config/proxy-config.js';
import type { Deadlines } from '../deadlines.js';
import type { TrustedProxies } from '../forwarding/client-address.js';
import type { AccessLogEntry, Decision } from '../proxy-api.js';
import type { RouteTable } from '../routing/route-table.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { BoundSplit } from './choose-upstream.js';
import type { Warnings } from './warnings.js';

/** A route with its upstream at hand. */
export interface BoundRoute extends Pick<RouteConfig, 'host' | 'path' | 'websocket' | 'maxBodyBytes'> {
  readonly upstream: Upstream;
  /** Undefined: all requests of the route go to the upstream. */
  readonly split: BoundSplit | undefined;
}

/** The result of one config. A reload replaces it as a whole, while requests under way keep the old one. */
export interface Generation {
  readonly config: ResolvedConfig;
  readonly routes: RouteTable<BoundRoute>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly trusted: TrustedProxies;
}

/** The state that all connections of one proxy share. */
export interface ProxyState {
  generation: Generation;
  closing: boolean;
  readonly deadlines: Deadlines;
  readonly tokens: AffinityTokens<Destination>;
  /** The tokens of split routes. */
  readonly splitTokens: AffinityTokens<Upstream>;
  readonly now: () => number;
  readonly counters: Counters;
  /** Null while there is no listener, so that no decision is built for nothing. */
  decided: ((decision: Decision) => void) | null;
  readonly accessLog: ((entry: AccessLogEntry) => void) | null;
  readonly tracing: boolean;
  /** Warnings for the operator. */
  readonly warnings: Warnings;
  /** Whether a decision may be sampled now. */
  mayEmit(): boolean;
}

/** Counters of the whole proxy; mutable, read by `metrics()`. */
export class Counters {
  openConnections = 0;
  openTunnels = 0;
  connections = 0;
  requests = 0;
  clientAborts = 0;
  retries = 0;
  shed = 0;
  /** Failures for a lack of descriptors, memory, ports or a name server's answer, by error code. */
  readonly localErrors: Record<string, number> = {};
  readonly problems: Record<string, number> = {};
}
