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
      try {
        listener(event);
      } catch (error) {
        // A bug in a listener is reported like any other bug, after everyone has heard.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
