import { descriptorLimit, followNpm } from '@holdfast/service';
import { descriptorWarnings } from './descriptor-warnings.js';
import { describeMistakes } from './gateway.js';
import type { Overrides } from './gateway-file/gateway-file.js';
import { readGatewayFile } from './gateway-file/read-gateway-file.js';
import { type FileMark, watchFile } from './gateway-file/watch-file.js';
import { ListenError } from './listen-error.js';
import { type GatewayOptions, type RunningGateway, startGateway } from './start-gateway.js';

export interface RunOptions extends GatewayOptions {
  readonly path: string;
  /** The mark of the file, taken before it was read. */
  readonly seen: FileMark;
  readonly overrides: Overrides;
  /** Warnings about settings that are valid but probably unintended. */
  readonly warnings: readonly string[];
}

/**
 * The gateway as a process: sends its parent `{ type: 'ready', port, adminPort, statusPort }`, reloads on SIGHUP and when its
 * file changes, ends on SIGTERM, SIGINT and when its parent is gone.
 */
export async function runGateway(options: RunOptions): Promise<void> {
  const running = await startGateway(options).catch((error: unknown) => {
    process.stderr.write(
      `The gateway could not start. ${error instanceof ListenError ? error.message : String(error)}\n`,
    );
    process.exit(1);
  });
  const { logger, port, adminPort, statusPort } = running;
  const warnings = [...options.warnings, ...descriptorWarnings(options.file.proxy, descriptorLimit())];
  for (const warning of warnings) logger.warn(warning);
  const reload = (because: string) => void reloadFile(running, options, because);
  process.on('SIGHUP', () => reload('SIGHUP'));
  watchFile(options.path, options.seen, () => reload('the file changed'));
  endWithParent(running, options);
  const workers = running.gateway.proxy.metrics().workers.map(({ pid }) => pid);
  logger.info({ port, adminPort, statusPort, workers }, 'ready');
  process.send?.({ type: 'ready', port, adminPort, statusPort });
}

async function reloadFile(
  { gateway, logger }: RunningGateway,
  { path, overrides }: RunOptions,
  because: string,
): Promise<void> {
  const parsed = await readGatewayFile(path, overrides);
  const result = parsed.ok ? gateway.replace(parsed.file) : parsed;
  if (!result.ok) {
    logger.error({ path, because, mistakes: describeMistakes(result.mistakes) }, 'not reloaded: the old file stays');
    return;
  }
  logger.info({ path, because }, 'reloaded');
  if (parsed.ok) for (const warning of parsed.warnings) logger.warn(warning);
}

function endWithParent(running: RunningGateway, { config }: RunOptions): void {
  const { logger } = running;
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'shutting down');
    // The last resort for a client that holds on.
    setTimeout(() => process.exit(1), config.SHUTDOWN_TIMEOUT_MS).unref();
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('parent gone'));
  followNpm(() => stop('npm gone'));
  // The parent may have ended while we started; a process without a parent channel has `undefined` here.
  if (process.connected === false) stop('parent gone');
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    stop('uncaught exception');
  });
}
