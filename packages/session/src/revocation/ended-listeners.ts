import { reportError } from '../errors/report-error.js';
import type { SessionEnded } from '../sessions.js';

/** Who wants to know about ended sessions in this process. A listener that throws does not keep others from hearing. */
export class EndedListeners {
  readonly #listeners = new Set<(event: SessionEnded) => void>();

  add(listener: (event: SessionEnded) => void): () => void {
    const own = (event: SessionEnded) => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  emit(event: SessionEnded): void {
    for (const listener of this.#listeners) {
      tell(() => listener(event));
    }
  }

  clear(): void {
    this.#listeners.clear();
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
