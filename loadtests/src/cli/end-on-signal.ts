/** As a shell says of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** On a signal ends what was started, and exits with 130. `folder` has what was measured so far. */
export function endOnSignal(folder: string, end: () => Promise<unknown>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A second signal must not end the lab before the system, which would then be left running.
    process.on(signal, () => {
      process.stderr.write(`\nending what was started; what was measured so far is in ${folder}\n`);
      void end().finally(() => process.exit(INTERRUPTED));
    });
  }
}
