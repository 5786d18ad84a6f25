import { isUnavailable } from './is-unavailable.js';

const PROBE_INTERVAL_MS = 50;

/**
 * Remembers that Redis did not answer in time, so that later commands fail at once instead of each waiting its turn.
 * Probes in the background and closes with the first answer: recovery is as fast as Redis itself.
 */
export class Circuit {
  private opened = false;
  private timer: NodeJS.Timeout | undefined;
  private probing = false;

  constructor(private readonly probe: () => Promise<unknown>) {}

  get isOpen(): boolean {
    return this.opened;
  }

  open(): void {
    if (this.opened) return;
    this.opened = true;
    this.timer = setInterval(() => this.tryProbe(), PROBE_INTERVAL_MS);
    this.timer.unref();
    this.tryProbe();
  }

  close(): void {
    this.opened = false;
    clearInterval(this.timer);
  }

  private tryProbe(): void {
    // One probe runs at a time. While Redis is frozen the probe stays queued there and is answered first.
    if (this.probing) return;
    this.probing = true;
    // A refusal is an answer too.
    this.probe()
      .catch((error: unknown) => {
        if (isUnavailable(error)) throw error;
      })
      .then(() => this.close())
      .catch(() => undefined)
      .finally(() => {
        this.probing = false;
      });
  }
}
