import { useEffect, useRef, useState } from 'react';
import type { ProcessStatus } from '../admin/shapes.js';
import { changedStates, type StateOf } from './process-states.js';
import type { Death } from './session-object.js';

/** A process that came into another state, and when it was seen. */
export type TimedState = StateOf & { readonly at: number };

const KEPT_EVENTS = 200;

/** What became of the processes since the page was opened: those that ended, told by a pid that is gone or another one, and every other change of state. */
export function useProcessEvents(processes: readonly ProcessStatus[] | null) {
  const [deaths, setDeaths] = useState<readonly Death[]>([]);
  const [states, setStates] = useState<readonly TimedState[]>([]);
  const before = useRef<readonly ProcessStatus[] | null>(null);
  useEffect(() => {
    if (processes === null) return;
    const last = before.current;
    before.current = processes;
    if (last === null) return;
    const at = Date.now();
    const pids = new Map(processes.map(({ id, pid }) => [id, pid]));
    const ended = last.filter(({ id, pid }) => pid !== null && pids.get(id) !== pid);
    if (ended.length > 0)
      setDeaths((earlier) => [...earlier, ...ended.map(({ id }) => ({ kind: 'death', at, id }) as const)]);
    const changed = changedStates(last, processes).map((each) => ({ ...each, at }));
    if (changed.length > 0) setStates((earlier) => [...earlier, ...changed].slice(-KEPT_EVENTS));
  }, [processes]);
  return { deaths, states };
}
