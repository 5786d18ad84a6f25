import type { Candidate, Policy } from './policy.js';

/**
 * Each in turn; with weights, smoothly interleaved: 5:1:1 gives a a b a c a a. The turns of a candidate list are laid out
 * once, when the list changes, so a pick costs the same for 3 destinations and for 300.
 */
export class RoundRobinPolicy implements Policy {
  readonly needsKey = false;
  private turns: readonly Candidate[] = [];
  private laidOutFor: readonly Candidate[] | undefined;
  private cursor = 0;

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    if (candidates !== this.laidOutFor) {
      this.turns = layOut(candidates);
      this.laidOutFor = candidates;
    }
    if (this.cursor >= this.turns.length) this.cursor = 0;
    return this.turns[this.cursor++] as C | undefined;
  }
}

const MAX_TURNS = 4096;

function layOut(candidates: readonly Candidate[]): readonly Candidate[] {
  const weights = scaled(candidates.map(({ weight }) => weight));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === candidates.length) return candidates;
  // nginx's smooth weighted round robin: the one furthest behind goes next and falls back by the total.
  const current = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    for (let i = 0; i < weights.length; i++) {
      current[i] = (current[i] as number) + (weights[i] as number);
      if ((current[i] as number) > (current[best] as number)) best = i;
    }
    current[best] = (current[best] as number) - total;
    return candidates[best] as Candidate;
  });
}

/** The weights as small whole numbers in the same proportion, none below 1. */
function scaled(weights: readonly number[]): number[] {
  const precision = weights.every(Number.isInteger) ? 1 : 20;
  const whole = weights.map((weight) => Math.max(1, Math.round(weight * precision)));
  const divisor = whole.reduce(greatestCommonDivisor, 0) || 1;
  const reduced = whole.map((weight) => weight / divisor);
  const total = reduced.reduce((sum, weight) => sum + weight, 0);
  return total <= MAX_TURNS ? reduced : reduced.map((weight) => Math.max(1, Math.round((weight * MAX_TURNS) / total)));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
