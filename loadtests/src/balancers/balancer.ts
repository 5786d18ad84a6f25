import type { EngineProgram, RunningEngine } from '@holdfast/infra';

export interface Destination {
  readonly id: string;
  readonly port: number;
}

/** The same for every load balancer, which uses the best it has for it. */
export interface BalancerSettings {
  readonly destinations: readonly Destination[];
  /** `consistent-hash` is by the header x-user. */
  readonly policy?: 'round-robin' | 'least-requests' | 'consistent-hash';
  /** A cookie that binds a client. */
  readonly affinity?: boolean;
  /** Signs the cookie; load balancers that share clients have the same. Default one of its own. */
  readonly secret?: string;
  /** The most requests of a destination, in times of the mean. */
  readonly boundedLoad?: number;
  /** How long an answer is waited for. Default 5000. */
  readonly responseMs?: number;
  /** How long a reader may stand still. Default 60 000. */
  readonly stallMs?: number;
  readonly limits?: { readonly perDestination: number; readonly queued: number; readonly queueMs: number };
}

/** Changes while it runs. */
export interface BalancerControl {
  add(destination: Destination): Promise<void>;
  /** Missing where there is no drain. */
  drain?(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** How a load balancer becomes a process with these settings, and is controlled. */
export interface BalancerKind {
  readonly program: Pick<EngineProgram, 'file' | 'arguments' | 'render'>;
  control(running: RunningEngine): BalancerControl;
}

/** A load balancer that runs. */
export interface Balancer extends BalancerControl {
  readonly port: number;
  /** The processes that carry requests. */
  pids(): number[];
  /** Ends it with SIGTERM and starts it on its port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}
