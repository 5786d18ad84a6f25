/** When 5 000 members return at once, each receives a few presence frames instead of 5 000. */
const EVERY_MS = 200;

/** Runs an action at most once in `EVERY_MS`, after one or more changes. */
export class Coalesced {
  private timer: NodeJS.Timeout | undefined;

  /** Schedules `act`, unless it is scheduled already: it runs after this change, and so can see it. */
  changed(act: () => Promise<void>, report: (error: unknown) => void): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      act().catch(report);
    }, EVERY_MS).unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
