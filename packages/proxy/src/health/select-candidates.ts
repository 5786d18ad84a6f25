/** What selection needs to know of a destination. */
export interface Availability {
  /** Neither down by probes nor ejected. */
  readonly healthy: boolean;
  readonly draining: boolean;
}

/**
 * The destinations that may get new clients: healthy and not draining. When fewer than `panicRatio` of them are
 * healthy, health is more likely wrong than right (or the rest would be felled by the load), so all are used.
 */
export function selectCandidates<D extends Availability>(destinations: readonly D[], panicRatio: number): readonly D[] {
  const staying = destinations.filter(({ draining }) => !draining);
  const healthy = staying.filter((destination) => destination.healthy);
  return healthy.length < staying.length * panicRatio ? staying : healthy;
}
