import { type RunningService, type ServiceOptions, startService } from '../start-service.js';
import { followNpm } from './follow-npm.js';

/**
 * The whole of a service's `main.ts`: boots it, sends the parent `{ type: 'ready', port }`, and shuts down gracefully on SIGTERM,
 * SIGINT, or when the parent is gone, with exit code 0 within `SHUTDOWN_TIMEOUT_MS`. A failed start names its reason and exits
 * with 1.
 */
export async function runService(options: ServiceOptions): Promise<RunningService> {
  const service = await startService(options).catch((error: unknown) => fail(options, error));
  let stopping = false;
  const stop = (reason: string, drainMs?: number) => {
    if (stopping) return;
    stopping = true;
    service.logger.info({ reason }, 'shutting down');
    // The last resort for a module whose own closing hangs.
    setTimeout(() => process.exit(1), options.config.SHUTDOWN_TIMEOUT_MS).unref();
    service.close(drainMs === undefined ? {} : { drainMs }).then(
      () => process.exit(0),
      (error: unknown) => {
        service.logger.error({ err: error }, 'shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT', 0));
  process.on('disconnect', () => stop('parent gone', 0));
  followNpm(() => stop('npm gone', 0));
  process.on('uncaughtException', (error) => {
    service.logger.fatal({ err: error }, 'uncaught exception');
    stop('uncaught exception', 0);
  });
  service.logger.info({ port: service.port }, 'ready');
  process.send?.({ type: 'ready', port: service.port });
  return service;
}

/** Errors whose message is enough for an operator. */
const STATED: ReadonlySet<string> = new Set(['StartError', 'SessionConfigError']);

function fail({ name, config }: ServiceOptions, error: unknown): never {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const reason = taken ? `Port ${config.PORT} is taken: set PORT to another one.` : describe(error);
  process.stderr.write(`${name} could not start. ${reason}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (error instanceof Error && STATED.has(error.name)) return error.message;
  if (!(error instanceof Error)) return String(error);
  // An error with a code says what to do; other errors need their stack.
  return 'code' in error ? error.message : (error.stack ?? error.message);
}
