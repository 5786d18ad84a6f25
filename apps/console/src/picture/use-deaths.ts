import { useEffect, useRef, useState } from 'react';
import type { ProcessStatus } from '../admin/shapes.js';
import type { Death } from './session-object.js';

/** The processes that ended since the page was opened, told by a pid that is gone or another one. */
export function useDeaths(processes: readonly ProcessStatus[] | null): readonly Death[] {
  const [deaths, setDeaths] = useState<readonly Death[]>([]);
  const pids = useRef(new Map<string, number | null>());
  useEffect(() => {
    if (processes === null) return;
    const now = new Map(processes.map(({ id, pid }) => [id, pid]));
    const ended = [...pids.current].filter(([id, pid]) => pid !== null && now.get(id) !== pid);
    pids.current = now;
    if (ended.length === 0) return;
    const at = Date.now();
    setDeaths((before) => [...before, ...ended.map(([id]) => ({ kind: 'death', at, id }) as const)]);
  }, [processes]);
  return deaths;
}
