import type { PolicyFactory } from './balancing/create-policy.js';
import type { ConfigMistake } from './config/parse-config.js';
import type { AnyPolicyName, DestinationConfig, ProxyConfig } from './config/proxy-config.js';

/** The reason why a destination was chosen; the `reason` of the `x-route` header. */
export type RouteReason = 'picked' | 'affinity' | 'redistributed' | 'draining' | 'retried';

/**
 * The clients that a destination may serve: all (`up`, `starting`), bound ones (`slow`, `ejected`, `draining`) or none (`down`).
 * Without health checks an ejected destination serves none.
 */
export type DestinationState = 'up' | 'starting' | 'slow' | 'down' | 'ejected' | 'draining';

export interface DestinationStatus {
  readonly id: string;
  readonly url: string;
  readonly weight: number;
  readonly state: DestinationState;
  readonly inFlight: number;
  /** Open tunnels (WebSockets); also counted in `inFlight`. */
  readonly tunnels: number;
  /**
   * Distinct bound clients seen in the last one to two minutes; 0 without affinity cookie. With several workers a client
   * counts once for each that served it.
   */
  readonly boundClients: number;
  readonly counters: {
    readonly requests: number;
    readonly failures: number;
    readonly retries: number;
    readonly ejections: number;
    readonly responses: { readonly [statusClass in '1xx' | '2xx' | '3xx' | '4xx' | '5xx']: number };
  };
}

export interface UpstreamStatus {
  readonly name: string;
  readonly policy: AnyPolicyName;
  readonly affinity: string | null;
  readonly hint: string | null;
  readonly queued: number;
  readonly destinations: readonly DestinationStatus[];
}

/** One routed request, as the live page shows it. Sampled: see `decisionsPerSecond`. */
export interface Decision {
  readonly at: string;
  readonly requestId: string;
  readonly method: string;
  readonly host: string;
  /** The path without the query, which may hold secrets. */
  readonly path: string;
  readonly upstream: string;
  readonly policy: AnyPolicyName;
  readonly destination: string;
  readonly reason: RouteReason;
  readonly attempts: number;
  readonly status: number;
  readonly durationMs: number;
}

/** A state change of a destination, and why. */
export interface DestinationChange {
  readonly upstream: string;
  readonly destination: string;
  readonly state: DestinationState;
  readonly because: string;
}

/** The place of a request in a trace (W3C Trace Context); ids are lower-case hex. */
export interface RequestTrace {
  readonly traceId: string;
  /** The proxy's own span: the parent of what the destination does. */
  readonly spanId: string;
  /** Null: the trace begins here. */
  readonly parentSpanId: string | null;
  /** False: the client asked that this trace not be recorded. */
  readonly sampled: boolean;
}

/** One line of the access log. Times are milliseconds since the head of the request was complete. */
export interface AccessLogEntry extends Decision {
  readonly clientAddress: string;
  readonly sentBytes: number;
  readonly timings: {
    readonly queuedMs: number;
    readonly connectedMs: number;
    readonly firstByteMs: number;
    readonly totalMs: number;
  };
  /** Set when the proxy made the answer itself: the `code` of its problem. */
  readonly problem: string | null;
  /** Only where `tracing` is on. */
  readonly trace?: RequestTrace;
}

/** One process that serves clients. */
export interface WorkerStatus {
  readonly pid: number;
  readonly requests: number;
  readonly openConnections: number;
}

/**
 * Counters since the start; every number only grows, except those named `open…`. With several workers it is their sum, at
 * most a fifth of a second old.
 */
export interface ProxyMetrics {
  /** The processes that serve clients now: this one, unless the config asks for several. */
  readonly workers: readonly WorkerStatus[];
  /** Workers that should serve clients now and do not: they start, do not answer, or wait to be replaced. */
  readonly missingWorkers: number;
  /** Workers that died, or did not answer, and were replaced. */
  readonly workerRestarts: number;
  readonly openConnections: number;
  readonly openTunnels: number;
  readonly connections: number;
  readonly requests: number;
  readonly clientAborts: number;
  readonly retries: number;
  readonly shed: number;
  /**
   * Connections that failed for a lack on this machine (descriptors, memory, ports) or for a name server, by error code; they count
   * against no destination.
   */
  readonly localErrors: Readonly<Record<string, number>>;
  /** Answers made by the proxy itself, by problem code. */
  readonly problems: Readonly<Record<string, number>>;
  readonly upstreams: readonly UpstreamStatus[];
  /** Time to the last byte of an answer per upstream: cumulative counts per upper bound in milliseconds. */
  readonly durations: Readonly<
    Record<string, { readonly le: readonly number[]; readonly counts: readonly number[]; readonly sumMs: number }>
  >;
}

export type ReloadResult = { readonly ok: true } | { readonly ok: false; readonly mistakes: readonly ConfigMistake[] };

/** The result of an admin call: done, or refused because an upstream or a destination is missing, exists already or is not valid. */
export type ChangeResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: 'unknown_upstream' | 'unknown_destination' | 'duplicate_destination' | 'invalid_destination';
      readonly detail: string;
    };

/** A worker died, or was killed because it did not answer, and will be replaced. */
export interface WorkerEnd {
  readonly pid: number;
  /** Its exit code or the signal that ended it. */
  readonly because: string;
  /** Milliseconds until its successor starts. */
  readonly replacedInMs: number;
}

/** A warning for the operator. It is told when it first happens; a lack of resources is told again while it lasts, at most every 10 s. */
export interface ProxyWarning {
  readonly code: 'forwarded_header_dropped' | 'local_error';
  readonly message: string;
}

export interface ProxyEvents {
  decision: [Decision];
  change: [DestinationChange];
  worker: [WorkerEnd];
  warning: [ProxyWarning];
}

/**
 * A running reverse proxy. With several workers a change is checked at once and reaches each of them within milliseconds;
 * docs/proxy.md says what the workers share and what each does for itself.
 */
export interface ReverseProxy {
  /** Starts to listen and to probe. Rejects with the socket's error (`EADDRINUSE` …) when it cannot. */
  listen(): Promise<{ port: number; host: string }>;
  /** Stops accepting, lets requests in flight end for `graceMs` (default 10 000), closes WebSockets with 1012, then cuts the rest. */
  close(options?: { graceMs?: number }): Promise<void>;
  /** Swaps in a new config; no connection is dropped. A mistake keeps the old one. `listen`, `affinitySecrets`, `workers` cannot change. */
  reload(config: ProxyConfig): ReloadResult;
  upstreams(): UpstreamStatus[];
  addDestination(upstream: string, destination: DestinationConfig): ChangeResult;
  /** Takes a destination out at once; requests in flight to it still end. */
  removeDestination(upstream: string, id: string): ChangeResult;
  /** Sends no new clients. Bound ones stay until `deadlineMs`, if given; then they move and WebSockets are closed with 1012. */
  drain(upstream: string, id: string, options?: { deadlineMs?: number }): ChangeResult;
  undrain(upstream: string, id: string): ChangeResult;
  metrics(): ProxyMetrics;
  on<E extends keyof ProxyEvents>(event: E, listener: (...args: ProxyEvents[E]) => void): () => void;
}

/** The outside dependencies of the proxy. Each has a default, and tests replace them. Several workers take `accessLog` and `tracing` only. */
export interface ProxyDeps {
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** 0 ≤ n < 1, for random-two. */
  readonly random?: () => number;
  /** Policies of your own by the names that the config gives them; one with a name of ours takes its place. For one process only. */
  readonly policies?: Readonly<Record<string, PolicyFactory>>;
  /** Looks up the names of destinations; the default asks the operating system. */
  readonly lookup?: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
  /** Called once per finished request, with several workers up to a fifth of a second later. Without it no timings are measured. */
  readonly accessLog?: (entry: AccessLogEntry) => void;
  /**
   * Whether each request gets a span of its own: the `traceparent` of the client is taken over, or a trace begun, and the span is
   * passed on to the destination and told in the access log. Default false: `traceparent` passes unchanged.
   */
  readonly tracing?: boolean;
}
