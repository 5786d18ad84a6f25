import type { Candidate, Policy } from './policy.js';

/** Picks the less loaded of two drawn at random: close to least-requests, without herding when several proxies balance. */
export class RandomTwoPolicy implements Policy {
  readonly needsKey = false;

  constructor(private readonly random: () => number) {}

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    const count = candidates.length;
    if (count < 2) return candidates[0];
    const first = Math.floor(this.random() * count);
    const second = (first + 1 + Math.floor(this.random() * (count - 1))) % count;
    const a = candidates[first] as C;
    const b = candidates[second] as C;
    return (b.inFlight + 1) / b.weight < (a.inFlight + 1) / a.weight ? b : a;
  }
}
