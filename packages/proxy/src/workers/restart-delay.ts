const FIRST_MS = 100;
const MAX_MS = 10_000;

/**
 * The wait before a worker is replaced: none after a single death, then twice as long for each further one
 * that came within a minute, up to ten seconds. So a worker that cannot live does not keep the machine busy.
 */
export function restartDelayMs(recentDeaths: number): number {
  return recentDeaths <= 1 ? 0 : Math.min(MAX_MS, FIRST_MS * 2 ** (recentDeaths - 2));
}
