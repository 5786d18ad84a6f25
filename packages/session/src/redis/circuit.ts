import { isUnavailable } from './is-unavailable.js';

const PROBE_INTERVAL_MS = 50;

/**
 * Remembers that Redis did not answer in time, so that later commands fail at once instead of each waiting its turn.
 * Probes in the background and closes with the first answer: recovery is as fast as Redis itself.
 */
export class Circuit {
  #open = false;
  #timer: NodeJS.Timeout | undefined;
  #probing = false;

  constructor(private readonly probe: () => Promise<unknown>) {}

  get isOpen(): boolean {
    return this.#open;
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.#timer = setInterval(() => this.#tryProbe(), PROBE_INTERVAL_MS);
    this.#timer.unref();
    this.#tryProbe();
  }

  close(): void {
    this.#open = false;
    clearInterval(this.#timer);
  }

  #tryProbe(): void {
    // One probe at a time: while Redis is frozen it stays queued there and is the first thing answered.
    if (this.#probing) return;
    this.#probing = true;
    // A refusal is an answer too.
    this.probe()
      .catch((error: unknown) => {
        if (isUnavailable(error)) throw error;
      })
      .then(() => this.close())
      .catch(() => undefined)
      .finally(() => {
        this.#probing = false;
      });
  }
}
