import { useCallback, useEffect, useState } from 'react';
import type { Answer } from '../client/api.js';
import { failureSentence } from '../request/reading.js';
import type { SessionStore } from '../scenario/catalogue.js';

const POLL_MS = 3000;

/** What a server last answered, read again every three seconds while the page is seen; `trouble` says why the last reading failed. */
export function usePolled<T>(read: () => Promise<Answer<T>>, store: SessionStore) {
  const [content, setContent] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const again = useCallback(async () => {
    const answer = await read();
    if (answer.ok) setContent(answer.body);
    setTrouble(answer.ok ? null : failureSentence(answer, store));
  }, [read, store]);
  useEffect(() => {
    void again();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void again();
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [again]);
  return { content, trouble, again };
}
