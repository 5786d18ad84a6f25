import { useEffect, useRef } from 'react';
import type { RequestEntry } from '../request/request-entry.js';

/** Another browser's change is seen this late at most; a tab of this browser tells at once. */
const POLL_MS = 3000;
const CHANNEL = 'holdfast-changes';

interface LiveOptions {
  readonly enabled: boolean;
  /** Reads again what may have changed. */
  readonly refresh: () => Promise<void>;
  /** Newest first: what this page changes, its other tabs are told. */
  readonly log: readonly RequestEntry[];
}

/** Keeps a page up to date with changes made in another tab, another browser or by another server, while somebody can see it. */
export function useLive({ enabled, refresh, log }: LiveOptions): void {
  const latest = useRef(refresh);
  latest.current = refresh;
  const channel = useRef<BroadcastChannel | null>(null);
  useEffect(() => {
    if (!enabled) return;
    const read = () => {
      if (document.visibilityState === 'visible') void latest.current();
    };
    const timer = setInterval(read, POLL_MS);
    document.addEventListener('visibilitychange', read);
    window.addEventListener('online', read);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', read);
      window.removeEventListener('online', read);
    };
  }, [enabled]);
  useEffect(() => {
    const opened = new BroadcastChannel(CHANNEL);
    channel.current = opened;
    opened.onmessage = () => {
      if (enabled) void latest.current();
    };
    return () => opened.close();
  }, [enabled]);
  const newest = log[0];
  useEffect(() => {
    if (newest === undefined || newest.method === 'GET' || newest.status === null || newest.status >= 400) return;
    channel.current?.postMessage('changed');
  }, [newest]);
}
