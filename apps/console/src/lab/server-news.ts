import { useEffect, useRef } from 'react';
import type { ProcessStatus } from '../admin/shapes.js';
import type { Topology } from '../admin/use-topology.js';
import type { ServerNews } from '../bridge/messages.js';
import { isReachable, moodOf, upstreamsOf } from './topology.js';

const OVER: ReadonlySet<ProcessStatus['state']> = new Set(['killed', 'stopped', 'crashed']);

type Seen = Pick<ProcessStatus, 'id' | 'state' | 'pid'>;

/** The processes of `before` that have ended since, and with them what only they knew: over now, or replaced by a new one. */
export function endedSince(before: readonly Seen[], now: readonly Seen[]): readonly string[] {
  const later = new Map(now.map((process) => [process.id, process]));
  return before
    .filter(({ id, state, pid }) => {
      const then = later.get(id);
      if (OVER.has(state)) return false;
      return then === undefined || OVER.has(then.state) || (pid !== null && then.pid !== null && then.pid !== pid);
    })
    .map(({ id }) => id);
}

/** Whether each server of a scenario can be reached, by id. */
export type Reach = ReadonlyMap<string, boolean>;

export function reachOf(scenario: string, { upstreams, processes }: Pick<Topology, 'upstreams' | 'processes'>): Reach {
  return new Map(
    upstreamsOf(scenario, upstreams).flatMap(({ destinations }) =>
      destinations.map(({ id, state }) => {
        const process = processes?.find((each) => each.id === id);
        return [id, isReachable(moodOf(state, process?.state))] as const;
      }),
    ),
  );
}

/** The servers that went out of reach or came back. One that was not there before is neither. */
export function movedSince(before: Reach, now: Reach): readonly (readonly [id: string, news: ServerNews])[] {
  return [...now]
    .filter(([id, isReached]) => before.get(id) === !isReached)
    .map(([id, isReached]) => [id, isReached ? 'back' : 'away']);
}

/** Calls `onNews` for each server that is seen to end, and for each of the scenarios' that goes out of reach or comes back. */
export function useServerNews(
  scenarios: readonly string[],
  topology: Topology,
  onNews: (server: string, news: ServerNews) => void,
): void {
  const before = useRef<{ processes: readonly Seen[]; reach: Reach }>({ processes: [], reach: new Map() });
  const latest = useRef({ scenarios, onNews });
  latest.current = { scenarios, onNews };
  useEffect(() => {
    const { processes, reach } = before.current;
    const tell = latest.current.onNews;
    const now = {
      // Null while they are unknown, which ends none.
      processes: topology.processes ?? processes,
      reach: new Map(latest.current.scenarios.flatMap((scenario) => [...reachOf(scenario, topology)])),
    };
    before.current = now;
    for (const id of endedSince(processes, now.processes)) tell(id, 'ended');
    for (const [id, news] of movedSince(reach, now.reach)) tell(id, news);
  }, [topology]);
}
