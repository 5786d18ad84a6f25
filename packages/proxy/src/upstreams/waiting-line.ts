import { type Deadlines, NEVER } from '../deadlines.js';

/** A request that waits for a destination with room. */
export interface Waiting {
  /** The one destination it may go to, or null while any would do. */
  readonly waitsFor: object | null;
  /** Tries again, since there may be room. Returns false when there is none. */
  tryAgain(): boolean;
  waitedTooLong(): void;
}

interface Entry {
  readonly request: Waiting;
  readonly untilMs: number;
}

/** Requests in order of arrival. Its length and the waiting time are bounded; a request beyond either is refused. */
export class WaitingLine {
  private readonly entries: Entry[] = [];
  private isAdvancing = false;

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

  /**
   * Lets as many requests go as there is room for. `place` is the destination that has room again, if it is known. A request that waits
   * for one destination does not hold up those behind it.
   */
  advance(place?: object): void {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    for (let at = 0; at < this.entries.length; ) {
      const entry = this.entries[at] as Entry;
      const { request } = entry;
      if (place !== undefined && request.waitsFor !== null && request.waitsFor !== place) {
        at++;
        continue;
      }
      this.entries.splice(at, 1);
      if (request.tryAgain()) continue;
      this.entries.splice(at, 0, entry);
      if (request.waitsFor === null || place !== undefined) break;
      at++;
    }
    this.isAdvancing = false;
  }

  tick(): void {
    while (this.deadlines.hasPassed(this.entries[0]?.untilMs ?? NEVER)) this.entries.shift()?.request.waitedTooLong();
    if (this.entries.length > 0) this.advance();
  }
}
