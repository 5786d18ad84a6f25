/** After this long a piece of work no longer counts against `atOnce`: slow or hung keys do not hold up the others. */
const SLOW_MS = 1_000;

export interface LanesOptions<T> {
  /** Does one piece of work. A rejection ends all lanes. */
  readonly work: (item: T) => Promise<void>;
  /** Decides before each piece of work whether it may start; while it says no, all work waits for `start`. */
  readonly mayStart: () => boolean;
  /** Called once, when a piece of work rejects. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs work by key: the pieces of one key one after the other in their order, those of several keys at the same time. At most
 * `atOnce` keys are worked on at the same time, not counting those that take longer than a second.
 */
export class Lanes<T> {
  /** By key, the piece in hand first. */
  private readonly lanes = new Map<string, T[]>();
  private ready: string[] = [];
  private running = 0;
  private counted = 0;
  private pieces = 0;
  private stopped = false;
  private waiters: Array<{ readonly isDue: () => boolean; readonly resolve: () => void }> = [];

  constructor(
    private readonly options: LanesOptions<T>,
    public atOnce: number,
  ) {}

  /** Pieces that are not finished. */
  get size(): number {
    return this.pieces;
  }

  /** Keys that could be worked on and wait for others to finish. */
  get waiting(): number {
    return this.ready.length;
  }

  add(key: string, item: T): void {
    if (this.stopped) return;
    this.pieces++;
    const lane = this.lanes.get(key);
    if (lane === undefined) {
      this.lanes.set(key, [item]);
      this.ready.push(key);
      this.start();
    } else lane.push(item);
  }

  /** Starts all work that may start; call it when `mayStart` or `atOnce` has changed. */
  start(): void {
    while (!this.stopped && this.counted < this.atOnce && this.ready.length > 0 && this.options.mayStart()) {
      void this.run(this.ready.shift() ?? '');
    }
  }

  /** Resolves when the condition, which may depend on `size` and `waiting`, is true, or the lanes have been stopped. */
  async until(isDue: () => boolean): Promise<void> {
    if (this.stopped || isDue()) return;
    await new Promise<void>((resolve) => this.waiters.push({ isDue, resolve }));
  }

  /** Drops work that has not begun, and resolves when all other work has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ready = [];
    this.wake();
    if (this.running > 0) await new Promise<void>((resolve) => this.waiters.push({ isDue: this.isIdle, resolve }));
  }

  private readonly isIdle = () => this.running === 0;

  private async run(key: string): Promise<void> {
    const lane = this.lanes.get(key) ?? [];
    const [item] = lane;
    if (item === undefined) return;
    this.running++;
    this.counted++;
    let counts = true;
    const free = () => {
      if (counts) this.counted--;
      counts = false;
    };
    const slow = setTimeout(() => {
      free();
      this.start();
      this.wake();
    }, SLOW_MS);
    try {
      await this.options.work(item);
    } catch (error) {
      if (!this.stopped) this.options.onFailure(error);
      this.stopped = true;
    }
    clearTimeout(slow);
    free();
    this.running--;
    this.pieces--;
    lane.shift();
    if (lane.length === 0) this.lanes.delete(key);
    else this.ready.push(key);
    this.start();
    this.wake();
  }

  private wake(): void {
    if (this.waiters.length === 0) return;
    const due = this.waiters.filter(({ isDue }) => isDue() || (this.stopped && isDue !== this.isIdle));
    if (due.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve();
  }
}
