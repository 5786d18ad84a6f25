import type { Attempt } from './event-transport.js';

/**
 * A try with a time limit. The signal is created only when a handler asks for it, because it costs more than the rest of the
 * event.
 */
export class TimedAttempt implements Attempt {
  private controller: AbortController | undefined;
  private over: Error | undefined;

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.over !== undefined) this.controller.abort(this.over);
    return this.controller.signal;
  }

  /** Runs the work and rejects when it takes longer than `ms`; a later end of the work has no effect. */
  run(work: (attempt: Attempt) => Promise<void>, ms: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.over = new Error(`The handler of ${what} did not finish within ${ms} ms.`);
        this.controller?.abort(this.over);
        reject(this.over);
      }, ms);
      const settle = async () => {
        try {
          await work(this);
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          clearTimeout(timer);
        }
      };
      void settle();
    });
  }
}
