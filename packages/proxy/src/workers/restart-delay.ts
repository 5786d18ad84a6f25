const firstMs = 100;
const maxMs = 10_000;

/**
 * How long to wait before a worker is replaced: not at all after a single death, then twice as long for each further one
 * that came within a minute, up to ten seconds. So a worker that cannot live does not keep the machine busy.
 */
export function restartDelayMs(recentDeaths: number): number {
  return recentDeaths <= 1 ? 0 : Math.min(maxMs, firstMs * 2 ** (recentDeaths - 2));
}
