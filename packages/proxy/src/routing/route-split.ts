/** One of the upstreams that a route is split over. */
export interface SplitPart<U> {
  readonly upstream: U;
  /** Share relative to the others; a part with 0 gets no new clients. */
  readonly weight: number;
}

/** Spreads requests over upstreams by weight, smoothly interleaved: each turn goes to the one furthest behind. */
export class RouteSplit<U, P extends SplitPart<U> = SplitPart<U>> {
  private readonly behind: number[];
  private readonly total: number;

  constructor(readonly parts: readonly P[]) {
    this.behind = parts.map(() => 0);
    this.total = parts.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** The first part when all weights are 0. */
  next(): P {
    let best = 0;
    for (const [n, { weight }] of this.parts.entries()) {
      this.behind[n] = (this.behind[n] as number) + weight;
      if ((this.behind[n] as number) > (this.behind[best] as number)) best = n;
    }
    this.behind[best] = (this.behind[best] as number) - this.total;
    return this.parts[best] as P;
  }
}
