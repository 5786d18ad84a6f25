import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';

export interface CloseOptions {
  readonly app: INestApplication;
  readonly server: Server;
  /** How long to keep answering, each time with `Connection: close`, so that proxies let go of their connections. */
  readonly drainMs: number;
  /** After this long, counted from the start, open connections are cut. */
  readonly timeoutMs: number;
}

const SWEEP_MS = 20;

/** Closes the port, lets every request in flight finish, and closes what the modules opened. */
export async function closeGracefully({ app, server, drainMs, timeoutMs }: CloseOptions): Promise<void> {
  const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs * 0.9);
  await wait(Math.min(drainMs, timeoutMs / 2));
  // A connection kept alive by an answer sent just now would otherwise hold the server open.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
