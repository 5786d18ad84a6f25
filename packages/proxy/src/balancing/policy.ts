/** The properties of a destination that a policy may read. */
export interface Candidate {
  /** Share relative to the others; slow start lowers it for a while. */
  readonly weight: number;
  /** The weight without slow start. */
  readonly configuredWeight: number;
  readonly inFlight: number;
  /** 32-bit hash of the id, fixed for its life. */
  readonly hash: number;
}

/** The options of a policy. */
export interface PolicyOptions {
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** Hash policies only: most load of one destination relative to the mean; undefined means no bound. */
  readonly boundedLoad?: number | undefined;
}

/**
 * Chooses one of the candidates, or undefined when there are none. A policy knows numbers only: no sockets, no clock,
 * no response. It may keep a cursor; `key` is the 32-bit hash of the value that the request is to be bound to, for hash policies.
 */
export interface Policy {
  readonly needsKey: boolean;
  pick<C extends Candidate>(candidates: readonly C[], key: number): C | undefined;
}
