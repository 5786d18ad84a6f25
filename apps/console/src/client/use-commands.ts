import { useEffect, useState } from 'react';
import { marked, type Preparation, readCommand, type ServerNews } from '../bridge/messages.js';
import type { JourneyStep, StepOutcome } from '../journey/journey.js';
import { labOrigin } from '../place.js';

/** What the page may have a client do. */
interface Commanded {
  readonly perform: (step: JourneyStep) => Promise<StepOutcome>;
  /** Resolves to why it could not be done, or to null. */
  readonly prepare: (change: Preparation) => Promise<string | null>;
  readonly hearOf: (server: string, news: ServerNews) => void;
}

/**
 * Inside the comparison page: does what that page, and no other, asks for. True while the page runs a journey; always false
 * outside of it.
 */
export function useCommands({ perform, prepare, hearOf }: Commanded): boolean {
  const [running, setRunning] = useState(false);
  useEffect(() => {
    const page = window.parent;
    if (page === window) return;
    const pageOrigin = labOrigin(window.location.port);
    const listener = async (event: MessageEvent) => {
      if (event.source !== page || event.origin !== pageOrigin) return;
      const command = readCommand(event.data);
      if (command === null) return;
      if (command.type === 'journey') return setRunning(command.running);
      if (command.type === 'server') return hearOf(command.server, command.news);
      if (command.type === 'prepare') {
        const refusal = await prepare(command.change);
        return page.postMessage(marked({ type: 'prepared', id: command.id, refusal }), pageOrigin);
      }
      const outcome = await perform(command.step);
      page.postMessage(marked({ type: 'done', id: command.id, outcome }), pageOrigin);
    };
    window.addEventListener('message', listener);
    page.postMessage(marked({ type: 'ready' }), pageOrigin);
    return () => window.removeEventListener('message', listener);
  }, [perform, prepare, hearOf]);
  return running;
}
