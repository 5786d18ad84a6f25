import { type Deadlines, NEVER } from '../deadlines.js';

/** A request that waits for a destination with room. */
export interface Waiting {
  /** There may be room: try again. Returns false when there still is none. */
  tryAgain(): boolean;
  waitedTooLong(): void;
}

/** First come, first served, bounded in length and in time: beyond either a request is refused early, not late. */
export class WaitingLine {
  private readonly entries: { readonly request: Waiting; readonly untilMs: number }[] = [];

  constructor(
    private readonly maxQueued: number,
    private readonly timeoutMs: number,
    private readonly deadlines: Deadlines,
  ) {}

  get length(): number {
    return this.entries.length;
  }

  /** False when the line is full. */
  join(request: Waiting): boolean {
    if (this.entries.length >= this.maxQueued) return false;
    this.entries.push({ request, untilMs: this.deadlines.in(this.timeoutMs) });
    return true;
  }

  leave(request: Waiting): void {
    const at = this.entries.findIndex((entry) => entry.request === request);
    if (at >= 0) this.entries.splice(at, 1);
  }

  /** Room came up: lets as many go as find a place. */
  advance(): void {
    while (this.entries.length > 0) {
      const first = this.entries.shift();
      if (first === undefined || first.request.tryAgain()) continue;
      this.entries.unshift(first);
      return;
    }
  }

  tick(): void {
    while (this.deadlines.hasPassed(this.entries[0]?.untilMs ?? NEVER)) this.entries.shift()?.request.waitedTooLong();
  }
}
