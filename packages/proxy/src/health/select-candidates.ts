/** What selection needs to know of a destination. */
export interface Availability {
  /** Neither down nor ejected. */
  readonly healthy: boolean;
  /** Fit for clients that are bound there: not down, perhaps slow or ejected. */
  readonly keepsBound: boolean;
  /** Its last sign of life is late. */
  readonly slow: boolean;
  readonly draining: boolean;
}

/**
 * The destinations that may get new clients: healthy, not draining, and not slow while another one is prompt. When fewer than
 * `panicRatio` of them are healthy, health is more likely wrong than right (or the rest would be felled by the load), so
 * all are used. `byKey`: the policy binds clients by a key, so what is slow keeps its keys.
 */
export function selectCandidates<D extends Availability>(
  destinations: readonly D[],
  panicRatio: number,
  byKey = false,
): readonly D[] {
  const staying = destinations.filter(({ draining }) => !draining);
  const healthy = staying.filter((destination) => (byKey ? destination.keepsBound : destination.healthy));
  if (healthy.length < staying.length * panicRatio) return staying;
  if (byKey) return healthy;
  const prompt = healthy.filter(({ slow }) => !slow);
  return prompt.length > 0 ? prompt : healthy;
}
