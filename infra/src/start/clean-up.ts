const SAME_SIGNAL_MS = 1_000;

/** Undoes every started step once, the last first, and then ends the process. */
export class CleanUp {
  private readonly steps: { readonly what: string; readonly undo: () => Promise<void> }[] = [];
  private isEnding = false;
  private endingSince = 0;

  constructor(private readonly say: (line: string) => void) {}

  /** True from the first `end` on: nothing new should be started. */
  get ending(): boolean {
    return this.isEnding;
  }

  /** Remembers how to undo a step that was done. While ending, undoes it at once. */
  add(what: string, undo: () => Promise<void>): void {
    this.steps.push({ what, undo });
    if (this.isEnding) void this.undo({ what, undo });
  }

  /** Undoes every step and exits with the code. Called again (a second Ctrl-C), exits at once: the guardian ends the rest. */
  end(code: number): void {
    if (this.isEnding) {
      // One Ctrl-C arrives twice: from the terminal, and forwarded by npm.
      if (performance.now() - this.endingSince > SAME_SIGNAL_MS) process.exit(code);
      return;
    }
    this.isEnding = true;
    this.endingSince = performance.now();
    void this.undoAll().finally(() => process.exit(code));
  }

  private async undoAll(): Promise<void> {
    for (const step of [...this.steps].reverse()) await this.undo(step);
  }

  private async undo({ what, undo }: { what: string; undo: () => Promise<void> }): Promise<void> {
    try {
      await undo();
    } catch (error) {
      this.say(`could not end ${what}: ${String(error)}`);
    }
  }
}
