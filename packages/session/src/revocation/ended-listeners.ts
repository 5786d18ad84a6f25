import { reportError } from '../errors/report-error.js';
import type { SessionEnded } from '../sessions.js';

/** The listeners for ended sessions in this process. A listener that throws does not stop the others. */
export class EndedListeners {
  private readonly listeners = new Set<(event: SessionEnded) => void>();

  add(listener: (event: SessionEnded) => void): () => void {
    const own = (event: SessionEnded) => listener(event);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  emit(event: SessionEnded): void {
    for (const listener of this.listeners) {
      tell(() => listener(event));
    }
  }

  clear(): void {
    this.listeners.clear();
  }
}

/** Calls a listener of the application. A mistake in it, also a rejected promise, is reported and stays there. */
export function tell(listener: () => unknown): void {
  const failed = (error: unknown) => reportError('A listener for ended sessions failed', error);
  try {
    Promise.resolve(listener()).catch(failed);
  } catch (error) {
    failed(error);
  }
}
