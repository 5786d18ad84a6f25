import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';

export interface CloseOptions {
  readonly app: INestApplication;
  readonly server: Server;
  /** How long to keep answering with `Connection: close`, so that proxies drop their connections. 0: not at all. */
  readonly drainMs: number;
  /** How long after the start open connections are cut. */
  readonly timeoutMs: number;
}

const SWEEP_MS = 20;
const LINGER_MS = 250;

/** Closes the port, lets every request in flight finish, and closes what the modules opened. */
export async function closeGracefully({ app, server, drainMs, timeoutMs }: CloseOptions): Promise<void> {
  const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs * 0.9);
  if (drainMs > 0) {
    await wait(Math.min(drainMs, timeoutMs / 2));
    await refuseNewConnections(server);
  }
  // An answer sent just now may keep its connection alive, which would hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}

/**
 * Closes the port but no connection, and waits a moment. Node's own `close` also ends idle connections, and would lose a request
 * that is on its way over a newly accepted one.
 */
async function refuseNewConnections(server: Server): Promise<void> {
  NetServer.prototype.close.call(server);
  const end = Date.now() + LINGER_MS;
  while (Date.now() < end && (await countConnections(server)) > 0) await wait(SWEEP_MS);
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error === null ? count : 0)));
}
