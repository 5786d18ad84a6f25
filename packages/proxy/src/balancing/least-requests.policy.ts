import type { Candidate, Policy } from './policy.js';

/** Picks the fewest requests in flight per weight. Equal destinations take turns. */
export class LeastRequestsPolicy implements Policy {
  readonly needsKey = false;
  private cursor = 0;

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    const count = candidates.length;
    if (count === 0) return undefined;
    // The search starts one place further each time; otherwise the first destination would get everything while the system is idle.
    this.cursor = (this.cursor + 1) % count;
    let best: C | undefined;
    let bestLoad = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const at = this.cursor + i;
      const candidate = candidates[at < count ? at : at - count] as C;
      const load = candidate.inFlight / candidate.weight;
      if (load < bestLoad) {
        best = candidate;
        bestLoad = load;
        if (load === 0) break;
      }
    }
    return best;
  }
}
