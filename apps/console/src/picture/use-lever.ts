import { useRef, useState } from 'react';
import { AdminError } from '../admin/admin-client.js';
import { type Counted, type Lever, resultText } from './levers.js';

/** A lever that was pulled, for the time axis. */
export interface Pulled {
  readonly at: number;
  readonly text: string;
}

/** Pulls levers, one at a time and the next only when the last was counted: says what will happen, does it, has both sides read six times, and says what that cost. */
export function useLever(count: () => Promise<Counted>) {
  const [told, setTold] = useState<{ readonly text: string; readonly busy: boolean } | null>(null);
  const [pulled, setPulled] = useState<readonly Pulled[]>([]);
  const busy = useRef(false);
  const latest = useRef(count);
  latest.current = count;
  const pull = async ({ label, will, act }: Lever) => {
    if (busy.current) return;
    busy.current = true;
    setTold({ text: `${label} … ${will}`, busy: true });
    setPulled((before) => [...before, { at: Date.now(), text: label }]);
    try {
      await act();
      setTold({ text: resultText(label, await latest.current()), busy: false });
    } catch (error) {
      const why = error instanceof AdminError ? error.message : 'It could not be done.';
      setTold({ text: `${label}: not done. ${why}`, busy: false });
    } finally {
      busy.current = false;
    }
  };
  return { told, pulled, pull };
}
