/** The share of its weight that a destination gets `sinceMs` after it came back. It grows from a tenth to the whole. */
export function slowStartShare(sinceMs: number, slowStartMs: number): number {
  if (slowStartMs <= 0 || sinceMs >= slowStartMs) return 1;
  return Math.max(0.1, sinceMs / slowStartMs);
}
