import { Problem } from '@holdfast/service';

/**
 * Bounds how much hashing goes on at once, so that a rush of logins costs memory for a few and leaves the processor to
 * everyone else. Beyond `maxWaiting` the work is refused with 503 `busy`.
 */
export class HashSlots {
  #running = 0;
  readonly #waiting: Array<() => void> = [];

  constructor(
    private readonly slots: number,
    private readonly maxWaiting: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.slots) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.maxWaiting) {
      throw new Problem(503, 'busy', 'Too many people are logging in right now; try again shortly.', 1);
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  // A waiting one takes the slot over: the count does not change hands.
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
