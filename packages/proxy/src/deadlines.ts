/** Something that may take too long. `deadlineMs` is `NEVER` while nothing is awaited. */
export interface Timed {
  deadlineMs: number;
  expired(): void;
}

export const NEVER = Number.POSITIVE_INFINITY;

/**
 * All timeouts of a proxy on one coarse clock: setting one is a field write, not a timer, since nearly all of them
 * are set and cleared without ever firing. They fire up to one tick late, never early, and later by the time in which
 * this process stood still: input that came in meanwhile has not been read yet, and its sender is not blamed for the delay.
 */
export class Deadlines {
  static readonly tickMs = 100;
  /** Milliseconds, at most one tick old while the process runs. */
  nowMs: number;
  /** The clock of the deadlines: `nowMs` without the time the process stood still. */
  private awakeMs = 0;
  private readonly timed = new Set<Timed>();
  private readonly everyTick = new Set<(nowMs: number) => void>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly now: () => number) {
    this.nowMs = now();
  }

  /** The deadline `delayMs` from now. */
  in(delayMs: number): number {
    return this.awakeMs + delayMs + Deadlines.tickMs;
  }

  hasPassed(deadlineMs: number): boolean {
    return deadlineMs <= this.awakeMs;
  }

  add(item: Timed): void {
    this.timed.add(item);
  }

  remove(item: Timed): void {
    this.timed.delete(item);
  }

  onTick(listener: (nowMs: number) => void): void {
    this.everyTick.add(listener);
  }

  start(): void {
    this.timer ??= setInterval(() => this.tick(), Deadlines.tickMs);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  tick(): void {
    const nowMs = this.now();
    this.awakeMs += Math.min(nowMs - this.nowMs, Deadlines.tickMs);
    this.nowMs = nowMs;
    for (const item of this.timed) if (this.hasPassed(item.deadlineMs)) item.expired();
    for (const listener of this.everyTick) listener(this.nowMs);
  }
}
