import { useEffect, useRef } from 'react';
import { marked } from '../bridge/messages.js';
import { labOrigin } from '../place.js';
import type { RequestEntry } from '../request/request-entry.js';

/** Inside the comparison page: tells that page of each request, and who is signed in by then. `log` has the newest first. */
export function useReport(log: readonly RequestEntry[], user: string | null): void {
  const told = useRef(0);
  useEffect(() => {
    const page = window.parent;
    if (page === window) return;
    const fresh = log.filter(({ id }) => id > told.current).reverse();
    for (const { method, path, status, code, servedBy, session, sessionKey, route, at, durationMs } of fresh) {
      const said = { method, path, status, code, servedBy, session, sessionKey, user };
      const asked = { ...said, at: at + durationMs, reason: route?.reason ?? null };
      page.postMessage(marked({ type: 'asked', asked }), labOrigin(window.location.port));
    }
    told.current = log[0]?.id ?? told.current;
  }, [log, user]);
}
