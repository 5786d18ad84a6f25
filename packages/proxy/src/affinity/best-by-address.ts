import { mix32 } from '../hash.js';

/** What binding by address needs to know of a destination. */
export interface AddressCandidate {
  /** 32-bit hash of the id. */
  readonly hash: number;
  /** Its weight in the config: slow start must not move anybody. */
  readonly configuredWeight: number;
}

/**
 * The destination an address belongs to, among those that fit: the winner of a weighted rendezvous. When it is not fit, the same
 * call without it gives the next in the order of this address, always the same one.
 */
export function bestByAddress<D extends AddressCandidate>(
  destinations: Iterable<D>,
  key: number,
  fits: (destination: D) => boolean,
): D | undefined {
  let best: D | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const destination of destinations) {
    if (!fits(destination)) continue;
    const uniform = (mix32(key ^ destination.hash) + 0.5) / 4_294_967_296;
    const score = -destination.configuredWeight / Math.log(uniform);
    if (score > bestScore) {
      best = destination;
      bestScore = score;
    }
  }
  return best;
}
