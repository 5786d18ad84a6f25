/** Five thousand people coming back at once are a few frames, not five thousand to each of them. */
const everyMs = 200;

/** Runs an action soon after something changed, and at most once in `everyMs`, however often it changes. */
export class Coalesced {
  private timer: NodeJS.Timeout | undefined;

  /** `act` sees every change that came before it runs. */
  changed(act: () => Promise<void>, report: (error: unknown) => void): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      act().catch(report);
    }, everyMs).unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
