import { useEffect, useRef, useState } from 'react';
import { type Baseline, baselineOf } from '../lab/topology.js';
import { type AdminClient, AdminError } from './admin-client.js';
import type { ProcessStatus, UpstreamView } from './shapes.js';

/** With the time of an answer, a change is seen within a second. */
const POLL_MS = 500;

export interface Topology {
  readonly upstreams: readonly UpstreamView[];
  /** Null while unknown and when the gateway runs without a fleet. */
  readonly processes: readonly ProcessStatus[] | null;
  readonly baseline: Baseline;
  /** Why there is no live view, for the person at the page; null while there is one. */
  readonly trouble: string | null;
}

const EMPTY: Topology = { upstreams: [], processes: null, baseline: new Map(), trouble: null };

/** The live state of the system, less than a second old. A poll that fails keeps the last view and says why. */
export function useTopology(admin: AdminClient): Topology {
  const [topology, setTopology] = useState(EMPTY);
  const baseline = useRef<Baseline | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const poll = async () => {
      try {
        const [upstreams, processes] = await Promise.all([admin.upstreams(), admin.fleet()]);
        baseline.current ??= baselineOf(upstreams);
        setTopology({ upstreams, processes, baseline: baseline.current, trouble: null });
      } catch (error) {
        const trouble = error instanceof AdminError ? error.message : 'The live view stopped. Reload the page.';
        setTopology((last) => ({ ...last, trouble }));
      }
      if (!stopped) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [admin]);
  return topology;
}
