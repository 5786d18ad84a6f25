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

/**
 * The live state of the system, less than a second old. A lever of this page is seen with its answer, which the fleet gives
 * once the process has ended. A poll that fails keeps the last view and says why.
 */
export function useTopology(admin: AdminClient): Topology {
  const [topology, setTopology] = useState(EMPTY);
  const baseline = useRef<Baseline | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Only the newest poll is shown: an older one may have been answered before a lever was.
    let newest = 0;
    const poll = async () => {
      const number = ++newest;
      let change: (last: Topology) => Topology;
      try {
        const [upstreams, processes] = await Promise.all([admin.upstreams(), admin.fleet()]);
        baseline.current ??= baselineOf(upstreams);
        const next = { upstreams, processes, baseline: baseline.current, trouble: null };
        change = () => next;
      } catch (error) {
        const trouble = error instanceof AdminError ? error.message : 'The live view stopped. Reload the page.';
        change = (last) => ({ ...last, trouble });
      }
      if (number !== newest) return;
      setTopology(change);
      timer = setTimeout(() => void poll(), POLL_MS);
    };
    const stopListening = admin.onSteered((status) => {
      setTopology((last) => ({ ...last, processes: withStatus(last.processes, status) }));
      clearTimeout(timer);
      void poll();
    });
    void poll();
    return () => {
      newest++;
      stopListening();
      clearTimeout(timer);
    };
  }, [admin]);
  return topology;
}

function withStatus(processes: Topology['processes'], status: ProcessStatus): Topology['processes'] {
  return processes?.map((process) => (process.id === status.id ? status : process)) ?? null;
}
