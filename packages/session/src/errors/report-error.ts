/**
 * Writes an error that no request can be answered with to the process's warnings, so that it is seen and the process
 * goes on. Without a listener Node prints them to stderr.
 */
export function reportError(what: string, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`${what}: ${detail}`, { type: 'SessionWarning', code: 'HOLDFAST_SESSION' });
}
