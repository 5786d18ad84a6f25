/** Milliseconds to wait before the nth restart after a crash: 0.25 s, doubled each time, at most 10 s. */
export function restartDelayMs(crashes: number): number {
  return Math.min(250 * 2 ** (crashes - 1), 10_000);
}
