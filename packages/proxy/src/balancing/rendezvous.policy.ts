import { mix32 } from '../hash.js';
import type { Candidate, Policy } from './policy.js';

const { ceil, log } = Math;

/**
 * Highest random weight: every destination gets a score for the key, the highest wins. When one of N comes or goes
 * only its own 1/N of the keys move. With bounded load (ratio c) a destination at c times its share of the load is
 * passed over for the next best, so one hot key cannot drown it.
 */
export class RendezvousPolicy implements Policy {
  readonly needsKey = true;

  constructor(private readonly boundedLoad: number | undefined) {}

  pick<C extends Candidate>(candidates: readonly C[], key: number): C | undefined {
    const perWeight = this.boundedLoad === undefined ? Number.POSITIVE_INFINITY : this.loadPerWeight(candidates);
    if (haveOneWeight(candidates)) return pickAmongEquals(candidates, key, perWeight);
    let best: C | undefined;
    let bestScore = -1;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i] as C;
      if (candidate.inFlight >= ceil(perWeight * candidate.weight)) continue;
      const score = scoreOf(mix32(key ^ candidate.hash), candidate.weight);
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
    return best;
  }

  private loadPerWeight(candidates: readonly Candidate[]): number {
    let inFlight = 1;
    let weight = 0;
    for (const candidate of candidates) {
      inFlight += candidate.inFlight;
      weight += candidate.weight;
    }
    return ((this.boundedLoad ?? 1) * inFlight) / weight;
  }
}

/** Makes the same choice without logarithms, which take most of the time of a pick among hundreds. */
function pickAmongEquals<C extends Candidate>(candidates: readonly C[], key: number, perWeight: number): C | undefined {
  const mostInFlight = ceil(perWeight * (candidates[0]?.weight ?? 1));
  let best: C | undefined;
  let bestHash = -1;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i] as C;
    if (candidate.inFlight >= mostInFlight) continue;
    const hash = mix32(key ^ candidate.hash);
    if (hash > bestHash) {
      best = candidate;
      bestHash = hash;
    }
  }
  return best;
}

function haveOneWeight(candidates: readonly Candidate[]): boolean {
  const weight = candidates[0]?.weight;
  for (let i = 1; i < candidates.length; i++) if (candidates[i]?.weight !== weight) return false;
  return true;
}

/** Weighted rendezvous (Schindelhauer, Schomaker): -w / ln u. Monotonic in u, so equal weights need no logarithm. */
function scoreOf(hash: number, weight: number): number {
  const uniform = (hash + 0.5) / 4_294_967_296;
  return -weight / log(uniform);
}
