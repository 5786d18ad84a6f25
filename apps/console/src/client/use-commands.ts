import { useEffect } from 'react';
import { marked, readCommand } from '../bridge/messages.js';
import type { JourneyStep, StepOutcome } from '../journey/journey.js';
import { labOrigin } from '../place.js';

/** Inside the comparison page: does what that page, and no other, asks for. */
export function useCommands(perform: (step: JourneyStep) => Promise<StepOutcome>): void {
  useEffect(() => {
    const page = window.parent;
    if (page === window) return;
    const pageOrigin = labOrigin(window.location.port);
    const listener = async (event: MessageEvent) => {
      if (event.source !== page || event.origin !== pageOrigin) return;
      const command = readCommand(event.data);
      if (command === null) return;
      const outcome = await perform(command.step);
      page.postMessage(marked({ type: 'done', id: command.id, outcome }), pageOrigin);
    };
    window.addEventListener('message', listener);
    page.postMessage(marked({ type: 'ready' }), pageOrigin);
    return () => window.removeEventListener('message', listener);
  }, [perform]);
}
