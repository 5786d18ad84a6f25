/** The properties of a destination that `selectCandidates` reads. */
export interface Availability {
  /** The destination is neither down nor ejected. */
  readonly healthy: boolean;
  /** Fit for clients that are bound there: not down, perhaps slow or ejected. */
  readonly keepsBound: boolean;
  /** Its health check is late or has failed once. */
  readonly slow: boolean;
  readonly draining: boolean;
}

/**
 * Returns the destinations that may get new clients: healthy ones that do not drain, and slow ones only when all are slow. When
 * fewer than `panicRatio` of them are healthy, it returns all that do not drain, because the health checks may be wrong and the
 * healthy rest could not carry the load. With `byKey` the policy binds clients by a key, so a slow destination keeps its keys.
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
