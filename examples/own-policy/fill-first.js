/**
 * Fills the first server before the next gets anything: what is idle can be switched off. A policy is given the destinations that
 * may be used, healthy and with room, and returns one of them. It knows numbers only.
 */
export class FillFirst {
  /** True for a policy that binds clients by a key, such as a hash of their address. */
  needsKey = false;

  /** @param {number} full requests in flight of a destination of weight 1 */
  constructor(full) {
    this.full = full;
  }

  pick(candidates) {
    const roomy = candidates.find(({ inFlight, weight }) => inFlight < this.full * weight);
    return roomy ?? leastLoaded(candidates);
  }
}

function leastLoaded([first, ...others]) {
  return others.reduce(
    (least, one) => (one.inFlight / one.weight < least.inFlight / least.weight ? one : least),
    first,
  );
}
