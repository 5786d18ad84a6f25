/**
 * Writes an error that no request can be answered with to the process's warnings. The error is seen and the process
 * goes on. Without a listener Node prints them to stderr.
 */
export function reportError(what: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  reportWarning(`${what}: ${detail}`);
}

/** Writes a message for the operator to the process's warnings. */
export function reportWarning(message: string): void {
  process.emitWarning(message, { type: 'SessionWarning', code: 'HOLDFAST_SESSION' });
}
