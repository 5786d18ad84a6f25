/** How long a window lasts. */
export const WINDOW_MS = 60_000;
const BUSY_RATIO = 0.25;

/** Counts one user's frames in windows of a minute: those sent here, and those that `learn` says were sent elsewhere. */
export class MessageRate {
  private endsAt = Number.NEGATIVE_INFINITY;
  private count = 0;
  private unshared = 0;

  constructor(
    private readonly mostPerMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts one frame; false when it is one too many. */
  admit(): boolean {
    const now = this.now();
    if (now >= this.endsAt) {
      this.endsAt = now + WINDOW_MS;
      this.count = 0;
      this.unshared = 0;
    }
    this.unshared++;
    return ++this.count <= this.mostPerMinute;
  }

  /** Whether the user has sent so much that other instances should know. Most users never do. */
  get isBusy(): boolean {
    return this.count > this.mostPerMinute * BUSY_RATIO;
  }

  /** Milliseconds until the window ends; 0 when none has begun. */
  get leftMs(): number {
    return Math.max(0, this.endsAt - this.now());
  }

  /** How many frames of this window were counted since the last call. */
  takeUnshared(): number {
    const taken = this.leftMs === 0 ? 0 : this.unshared;
    this.unshared = 0;
    return taken;
  }

  /** Takes back what could not be shared. */
  putBack(taken: number): void {
    this.unshared += taken;
  }

  /** What all instances have counted, without what is unshared here, and when their window ends. */
  learn(count: number, leftMs: number): void {
    this.count = count + this.unshared;
    this.endsAt = this.now() + leftMs;
  }
}
