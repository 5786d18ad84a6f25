/** What one of two servers does to every session of a batch, while the other does its own. */
export type RaceTask =
  | { readonly do: 'login'; readonly users: readonly string[] }
  | { readonly do: 'write'; readonly cookies: readonly string[]; readonly attribute: string }
  | { readonly do: 'logout' | 'rotate'; readonly cookies: readonly string[] }
  | { readonly do: 'inspect'; readonly cookies: readonly string[] };

/** Per session of the batch: the cookie set by a login, or what an inspection saw. */
export interface RaceResult {
  readonly cookies: readonly string[];
  readonly seen: readonly SeenSession[];
}

export interface SeenSession {
  readonly alive: boolean;
  /** Every request with its cookie fails. */
  readonly broken?: boolean;
  readonly attributes: readonly string[];
}

/** One of the two servers. */
export type Racer = (task: RaceTask) => Promise<RaceResult>;

export interface RaceCounts {
  readonly store: string;
  readonly pairs: number;
  /** Two requests write different attributes at once; one of the writes is gone. */
  readonly lostUpdates: number;
  /** A write and a logout at once; the session lives on. */
  readonly revivedSessions: number;
  /** A write and a rotation at once; the old sid still works. */
  readonly oldSidsAlive: number;
  /** After one of the two: what is left of the session makes every request with its cookie fail. */
  readonly broken: number;
  readonly seconds: number;
}

/** `pairs` races of each kind between two servers of a store, `batch` of them at once. `flush` empties the store. */
export async function countRaces(
  store: string,
  [one, two]: readonly [Racer, Racer],
  { pairs, batch }: { readonly pairs: number; readonly batch: number },
  flush: () => Promise<unknown>,
): Promise<RaceCounts> {
  const start = performance.now();
  const counts = { lostUpdates: 0, revivedSessions: 0, oldSidsAlive: 0, broken: 0 };
  for (let done = 0; done < pairs; done += batch) {
    const users = Array.from({ length: Math.min(batch, pairs - done) }, (_, n) => `u${done + n}`);
    const race = async (other: (cookies: readonly string[]) => RaceTask) => {
      const { cookies } = await one({ do: 'login', users });
      await Promise.all([one({ do: 'write', cookies, attribute: 'a' }), two(other(cookies))]);
      const { seen } = await one({ do: 'inspect', cookies });
      counts.broken += seen.filter(({ broken }) => broken).length;
      return seen;
    };
    for (const { attributes } of await race((cookies) => ({ do: 'write', cookies, attribute: 'b' })))
      if (!attributes.includes('a') || !attributes.includes('b')) counts.lostUpdates += 1;
    const alive = async (what: 'logout' | 'rotate') =>
      (await race((cookies) => ({ do: what, cookies }))).filter((session) => session.alive).length;
    counts.revivedSessions += await alive('logout');
    counts.oldSidsAlive += await alive('rotate');
    await flush();
  }
  return { store, pairs, ...counts, seconds: Math.round((performance.now() - start) / 100) / 10 };
}
