/** Digits of a millisecond in a ledger: more would be noise, and every request has three times. */
export function inHundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/**
 * The time since `startMs`, with fractions. `Date.now()` has whole milliseconds, which is a quarter of a median of four; so it only tells
 * where the finer clock of k6 began. All times of a user, intended ones too, are on that one clock.
 */
export function clockSince(startMs: number, fineMs: () => number, nowMs: () => number = Date.now): () => number {
  const beganMs = nowMs() - fineMs();
  return () => inHundredths(beganMs + fineMs() - startMs);
}
