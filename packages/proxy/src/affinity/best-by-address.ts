import { mix32 } from '../hash.js';

/** The properties of a destination that `bestByAddress` reads. */
export interface AddressCandidate {
  /** 32-bit hash of the id. */
  readonly hash: number;
  /** Its weight in the config, because slow start must not move any client. */
  readonly configuredWeight: number;
}

/**
 * Returns the destination an address belongs to, among those that fit: the winner of a weighted rendezvous. Each address has a
 * fixed order of destinations: without the first, the same call returns the second.
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
