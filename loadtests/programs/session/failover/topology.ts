import type { Cluster, Redis } from 'ioredis';

/** Primaries with their replicas, of which one fails while clients write. */
export interface Topology {
  /** A connection of its own, ready. */
  connect(): Promise<Redis | Cluster>;
  /**
   * Remembers the client's connections. The function that it returns resolves to true when a replica has what was written over them
   * (WAIT 1). WAIT knows only what its own connection wrote: a client that has lost it sends WAIT again over a new one, which wrote
   * nothing, and gets an answer that proves nothing.
   */
  watchCopies(client: Redis | Cluster): () => Promise<boolean>;
  /** Kills a primary. With a lag, what it has sent and its replica does not have is lost on the way. */
  kill(): Promise<void>;
  /** Cuts a primary off from its replica and from those who elect another; clients still reach it. */
  cut(): Promise<void>;
  /** Ends the cut. */
  mend(): Promise<void>;
  /** True when a replica has taken over from the failed primary, and no client can write to the old one. */
  isSettled(): Promise<boolean>;
  stop(): Promise<void>;
}

/** How long WAIT waits for a replica. */
export const WAIT_MS = 400;

/** How a topology is set up. */
export interface TopologyOptions {
  /** What the primary sends arrives at its replica this much later. */
  readonly lagMs: number;
  /** `min-replicas-to-write 1` and `min-replicas-max-lag 1`: a primary without a replica that answers refuses writes. */
  readonly minReplicas: boolean;
}

export function redisArguments({ minReplicas }: TopologyOptions): string[] {
  // A replica reports once a second: a lag of one second would refuse writes now and then.
  return minReplicas ? ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '2'] : [];
}
