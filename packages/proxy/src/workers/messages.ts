import type { DestinationConfig, ResolvedConfig } from '../config/proxy-config.js';
import type { AccessLogEntry, Decision, DestinationChange, ProxyMetrics, ProxyWarning } from '../proxy-api.js';

/** A change that every worker makes, in the order the supervisor made it. */
export type Command =
  | { readonly do: 'reload'; readonly config: ResolvedConfig }
  | { readonly do: 'add'; readonly upstream: string; readonly destination: DestinationConfig }
  | { readonly do: 'remove'; readonly upstream: string; readonly id: string }
  | { readonly do: 'drain'; readonly upstream: string; readonly id: string; readonly deadlineMs?: number }
  | { readonly do: 'undrain'; readonly upstream: string; readonly id: string };

export type ToWorker =
  | {
      readonly type: 'start';
      readonly config: ResolvedConfig;
      /** The changes since the config was loaded. */
      readonly commands: readonly Command[];
      /** Whether access log entries are wanted. */
      readonly logs: boolean;
      readonly tracing: boolean;
      readonly decisions: boolean;
    }
  /** A client, sent with its socket. */
  | { readonly type: 'client' }
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'decisions'; readonly wanted: boolean }
  | { readonly type: 'close'; readonly graceMs: number };

export type FromWorker =
  /** The worker is loaded and listens to messages. Messages sent earlier may be lost. */
  | { readonly type: 'loaded' }
  | { readonly type: 'started' }
  /** The client that was handed over has arrived. */
  | { readonly type: 'taken' }
  | { readonly type: 'metrics'; readonly metrics: ProxyMetrics }
  | { readonly type: 'decision'; readonly decision: Decision }
  | { readonly type: 'warning'; readonly warning: ProxyWarning }
  | { readonly type: 'change'; readonly change: DestinationChange }
  | { readonly type: 'log'; readonly entries: readonly AccessLogEntry[] };
