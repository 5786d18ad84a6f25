/** How long a window lasts. */
export const WINDOW_MS = 60_000;
const BUSY_RATIO = 0.25;

/** Counts one user's frames in windows of a minute: those sent to this instance, and those that `learn` adds from others. */
export class MessageRate {
  private endsAt = Number.NEGATIVE_INFINITY;
  private count = 0;
  private unshared = 0;

  constructor(
    private readonly mostPerMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts one frame; false when it exceeds the limit. */
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

  /** Whether the user has sent enough frames to share the count with other instances. Most users never do. */
  get isBusy(): boolean {
    return this.count > this.mostPerMinute * BUSY_RATIO;
  }

  /** Milliseconds until the window ends; 0 when none has begun. */
  get leftMs(): number {
    return Math.max(0, this.endsAt - this.now());
  }

  /** Returns the frames of this window that were not taken yet. */
  takeUnshared(): number {
    const taken = this.leftMs === 0 ? 0 : this.unshared;
    this.unshared = 0;
    return taken;
  }

  /** Returns frames that could not be shared. */
  putBack(taken: number): void {
    this.unshared += taken;
  }

  /** Sets the count of all instances, without the frames not yet shared from here, and the end of their window. */
  learn(count: number, leftMs: number): void {
    this.count = count + this.unshared;
    this.endsAt = this.now() + leftMs;
  }
}
