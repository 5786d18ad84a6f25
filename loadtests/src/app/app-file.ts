import type { Routing } from './app-file.schema.js';
import type { AppJourney } from './app-step.js';

/** The condition for a server to be ready: it answers at a path, its port is open, or it has printed such a line. */
export type Ready = { readonly path: string } | { readonly tcp: true } | { readonly line: string };

/** An app that is not ours, as its file describes it. */
export interface AppFile {
  readonly name: string;
  /** The folder in which its commands run. */
  readonly folder: string;
  /** The command of one server; or the addresses of servers that run already. */
  readonly start: string | undefined;
  readonly servers: readonly string[] | undefined;
  readonly ready: Ready;
  readonly startTimeoutMs: number;
  readonly replicas: number;
  /** The variables of every variant. */
  readonly env: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly routings: readonly Routing[];
  readonly reset: string | undefined;
  readonly load: {
    readonly users: number;
    readonly requestsPerUser: string;
    readonly warmUp: string;
    readonly measure: string;
  };
  /** Steps, or the path of a module of promises. */
  readonly journey: AppJourney | { readonly module: string };
}

/** `cookie-redis`: the arm's name in results, for this routing of this variant. */
export function armOf(routing: Routing, variant: string): string {
  return `${routing}-${variant}`;
}
