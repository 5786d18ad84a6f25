import { Problem } from '@holdfast/service';

/**
 * Limits how many hashes run at once, so that a burst of logins uses the memory of a few and leaves the processor to other
 * requests. It refuses work beyond `maxWaiting` with 503 `busy`.
 */
export class HashSlots {
  private running = 0;
  private readonly waiting: Array<() => void> = [];

  constructor(
    private readonly slots: number,
    private readonly maxWaiting: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.slots) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.maxWaiting) {
      throw new Problem(503, 'busy', 'Too many people are logging in right now; try again shortly.', 1);
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  // The next in line takes over this slot, so the count stays as it is.
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
