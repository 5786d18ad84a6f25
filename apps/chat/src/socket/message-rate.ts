const windowMs = 60_000;

/** Counts a socket's messages in windows of a minute. */
export class MessageRate {
  private windowStartedAt = 0;
  private count = 0;

  constructor(
    private readonly mostPerMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts one message; false when it is one too many. */
  admit(): boolean {
    const now = this.now();
    if (now - this.windowStartedAt >= windowMs) {
      this.windowStartedAt = now;
      this.count = 0;
    }
    return ++this.count <= this.mostPerMinute;
  }
}
