/**
 * Writes an error that no request can be answered with to the process's warnings, so that it is seen and the process
 * goes on. Without a listener Node prints them to stderr.
 */
export function reportError(what: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  reportWarning(`${what}: ${detail}`);
}

/** Writes to the process's warnings what whoever runs it should know. */
export function reportWarning(message: string): void {
  process.emitWarning(message, { type: 'SessionWarning', code: 'HOLDFAST_SESSION' });
}
