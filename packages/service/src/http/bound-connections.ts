import type { Server } from 'node:http';
import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.js';
import { possibleConnections } from '../process/descriptors.js';

/** Dropped connections come in bursts; one line a minute reports them all. */
const LOG_EVERY_MS = 60_000;
/** The service warns at start about a limit below this, because most systems give more. */
const SMALL_LIMIT = 1024;

export interface ConnectionBound {
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly metrics: Registry;
  /** The number of descriptors that the process may open; undefined if the system does not tell. */
  readonly limit: number | undefined;
}

/**
 * Limits a server's connections so that descriptors remain for Redis and files. It closes a connection beyond the limit at once,
 * counts it and logs it. It logs an error of accepting too, and the server goes on.
 */
export function boundConnections(server: Server, { logger, metrics, limit }: ConnectionBound): void {
  const dropped = new Counter({
    name: 'http_connections_dropped_total',
    help: 'Connections closed at once because the process has too few descriptors.',
    registers: [metrics],
  });
  const possible = limit === undefined ? Number.POSITIVE_INFINITY : possibleConnections(limit);
  if (Number.isFinite(possible)) server.maxConnections = possible;
  if (limit !== undefined && limit < SMALL_LIMIT) {
    logger.warn(
      { limit },
      `This process may open ${limit} files and can hold at most ${possible} connections: raise ulimit -n`,
    );
  }
  let loggedAt = Number.NEGATIVE_INFINITY;
  const tell = (reason: string): void => {
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    logger.error({ limit }, reason);
  };
  server.on('drop', () => {
    dropped.inc();
    tell(
      `Connections are closed at once: ${possible} are open, and this process may open ${limit} files. Raise ulimit -n`,
    );
  });
  server.on('listening', () => {
    server.on('error', (error) => tell(`A connection could not be accepted: ${error.message}`));
  });
}
