const sameSignalMs = 1_000;

/** Undoes what was started, last first, once, and then ends the process. */
export class CleanUp {
  readonly #steps: { readonly what: string; readonly undo: () => Promise<void> }[] = [];
  #ending = false;
  #endingSince = 0;

  constructor(private readonly say: (line: string) => void) {}

  /** True from the first `end` on: nothing new should be started. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Remembers how to undo a step that was done. While ending, undoes it at once. */
  add(what: string, undo: () => Promise<void>): void {
    this.#steps.push({ what, undo });
    if (this.#ending) void this.#undo({ what, undo });
  }

  /** Undoes every step and exits with the code. Called again (a second Ctrl-C), exits at once: the guardian ends the rest. */
  end(code: number): void {
    if (this.#ending) {
      // One Ctrl-C arrives twice: from the terminal, and forwarded by npm.
      if (performance.now() - this.#endingSince > sameSignalMs) process.exit(code);
      return;
    }
    this.#ending = true;
    this.#endingSince = performance.now();
    void this.#undoAll().finally(() => process.exit(code));
  }

  async #undoAll(): Promise<void> {
    for (const step of [...this.#steps].reverse()) await this.#undo(step);
  }

  async #undo({ what, undo }: { what: string; undo: () => Promise<void> }): Promise<void> {
    try {
      await undo();
    } catch (error) {
      this.say(`could not end ${what}: ${String(error)}`);
    }
  }
}
