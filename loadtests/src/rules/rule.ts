/** The part of a run that a clause reads; without one, `after` in an experiment with disturbances, else `whole`. */
export type Phase = 'before' | 'after';

export type Expectation =
  | { readonly kind: 'count'; readonly count: number }
  /** `is at most 30`, `is at least 1`: a whole number from low to high. */
  | { readonly kind: 'limit'; readonly low: number; readonly high: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'between'; readonly low: number; readonly high: number };

interface Read {
  /** The clause as the file has it. */
  readonly text: string;
  /** The key in `Run.counted` or `Run.estimated`. */
  readonly measure: string;
  readonly phase: Phase | undefined;
}

/** `loggedOut(bound, sticky-cookie-local) is all` */
export interface CountedClause extends Read {
  readonly arms: readonly string[];
  readonly expected: Expectation;
}

/** `ratio(p99Ms, a, b) < 1.1`, `same(p50Ms, a, b) within 1.1`: the ratio of two arms lies in a range. */
export interface RatioClause extends Read {
  readonly kind: 'ratio';
  readonly a: string;
  readonly b: string;
  readonly low: number;
  readonly high: number;
  /** The distance from 1 to the rule's nearest end, as a factor of at least 1: the noise must be smaller. */
  readonly margin: number;
}

/** `between(maxShareOverMean, ip-hash-local, 1, 1.2)` */
export interface BetweenClause extends Read {
  readonly kind: 'between';
  readonly arm: string;
  readonly low: number;
  readonly high: number;
}

export type EstimatedClause = RatioClause | BetweenClause;

/** A mistake in a rule's text: its place, and how to mend it. */
export interface RuleMistake {
  /** The number of characters before it. */
  readonly at: number;
  readonly message: string;
  /** Set when the mistake is a name that is no arm of the experiment; the clause is still read. */
  readonly unknownArm?: string;
}
