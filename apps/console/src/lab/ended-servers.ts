import { useEffect, useRef } from 'react';
import type { ProcessStatus } from '../admin/shapes.js';

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

/** Calls `onEnded` for each server that is seen to end; `processes` is null while they are unknown. */
export function useEndedServers(processes: readonly ProcessStatus[] | null, onEnded: (id: string) => void): void {
  const before = useRef(processes);
  const latest = useRef(onEnded);
  latest.current = onEnded;
  useEffect(() => {
    if (processes === null) return;
    for (const id of endedSince(before.current ?? [], processes)) latest.current(id);
    before.current = processes;
  }, [processes]);
}
