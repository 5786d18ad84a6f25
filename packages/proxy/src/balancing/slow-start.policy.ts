import type { Candidate, Policy } from './policy.js';

/**
 * Slow start for a policy that goes by load. By load alone, a destination that just came back would get everything, since it has
 * nothing in flight, or nothing, since its small weight makes one request count as ten. So starting destinations get
 * turns as in weighted round robin, in proportion to their weight at the moment. The policy chooses among the others.
 */
export class SlowStartPolicy implements Policy {
  readonly needsKey = false;
  private laidOutFor: readonly Candidate[] | undefined;
  private starting: readonly Candidate[] = [];
  private full: readonly Candidate[] = [];
  private totalWeight = 0;
  /** The part of a turn that each destination has gathered. */
  private readonly turns = new Map<Candidate, number>();

  constructor(private readonly policy: Policy) {}

  pick<C extends Candidate>(candidates: readonly C[], key: number): C | undefined {
    if (candidates !== this.laidOutFor) this.layOut(candidates);
    if (this.starting.length === 0 || this.full.length === 0) return this.policy.pick(candidates, key);
    const other = this.policy.pick(this.full as readonly C[], key);
    let due: Candidate | undefined;
    for (const candidate of this.starting) {
      const gathered = Math.min(2, (this.turns.get(candidate) ?? 0) + candidate.weight / this.totalWeight);
      this.turns.set(candidate, gathered);
      if (due === undefined && gathered >= 1 && !isBusier(candidate, other)) due = candidate;
    }
    if (due === undefined) return other;
    this.turns.set(due, (this.turns.get(due) ?? 1) - 1);
    return due as C;
  }

  private layOut(candidates: readonly Candidate[]): void {
    this.laidOutFor = candidates;
    this.starting = candidates.filter((candidate) => candidate.weight < candidate.configuredWeight);
    this.full = candidates.filter((candidate) => candidate.weight >= candidate.configuredWeight);
    this.totalWeight = candidates.reduce((sum, { weight }) => sum + weight, 0);
    for (const candidate of this.turns.keys()) if (!this.starting.includes(candidate)) this.turns.delete(candidate);
  }
}

/** One request in flight is not much, whatever the weight. */
function isBusier(candidate: Candidate, other: Candidate | undefined): boolean {
  if (other === undefined || candidate.inFlight === 0) return false;
  return candidate.inFlight / candidate.weight > (other.inFlight + 1) / other.weight;
}
