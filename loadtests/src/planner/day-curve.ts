const MINUTES = 1440;

export interface DayCurve {
  /** Server hours of a day with the peak's servers all day. */
  readonly flat: number;
  /** Server hours of a day with only the servers that the traffic of the minute needs. */
  readonly scaled: number;
  /** Servers taken away within the day. */
  readonly removed: number;
  /** Users bound to these servers when they were taken away, all together, as a multiple of all users at the peak. */
  readonly bound: number;
}

/**
 * A day whose traffic is a sine between `night` and 1 times the peak. A server that is taken away stays for `lingerMinutes`, until
 * its bound users have left or the drain ends.
 */
export function dayCurve(serversAt: (traffic: number) => number, night: number, lingerMinutes: number): DayCurve {
  const traffic = (minute: number) => night + ((1 - night) * (1 + Math.sin((2 * Math.PI * minute) / MINUTES))) / 2;
  const needed = Array.from({ length: MINUTES }, (_, minute) => serversAt(traffic(minute)));
  const linger = Math.min(MINUTES, Math.ceil(lingerMinutes));
  let minutes = 0;
  let removed = 0;
  let bound = 0;
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const now = needed[minute] ?? 0;
    minutes += mostOf(needed, minute, linger);
    const fewer = (needed[(minute + MINUTES - 1) % MINUTES] ?? 0) - now;
    if (fewer <= 0) continue;
    removed += fewer;
    bound += (traffic(minute) * fewer) / (now + fewer);
  }
  return { flat: 24 * serversAt(1), scaled: minutes / 60, removed, bound };
}

/** The most servers of the last minutes, the day before included. */
function mostOf(needed: readonly number[], minute: number, linger: number): number {
  let most = 0;
  for (let back = 0; back <= linger; back += 1) most = Math.max(most, needed[(minute - back + MINUTES) % MINUTES] ?? 0);
  return most;
}
