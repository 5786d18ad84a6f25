import type { Server } from 'node:http';
import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.js';
import { possibleConnections } from '../process/descriptors.js';

/** Dropped connections come in bursts; one line a minute tells of all. */
const LOG_EVERY_MS = 60_000;
/** A limit below this is told at start: it is less than what most systems give. */
const SMALL_LIMIT = 1024;

export interface ConnectionBound {
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly metrics: Registry;
  /** How many descriptors the process may open; undefined where the system does not say. */
  readonly limit: number | undefined;
}

/**
 * Lets a server hold as many connections as there are descriptors for, so that Redis and files keep theirs. A connection beyond
 * that is closed at once, counted, and logged. An error of accepting is logged too and ends nothing.
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
      `This process may open ${limit} files and so holds ${possible} connections at most: raise ulimit -n`,
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
