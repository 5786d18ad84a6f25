import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ServerControl } from '../systems/control.js';

const POLL_MS = 100;

/** How long a server that goes is waited for. */
export const drainSeconds = z.number().min(0.1).max(600);

/** The server gets no new users. Resolves when nobody is left at it, or after this time. */
export async function drain(server: ServerControl, longestSeconds: number): Promise<void> {
  const deadlineMs = Date.now() + longestSeconds * 1000;
  await server.drain();
  while (Date.now() < deadlineMs && (await server.occupants()) > 0) await delay(POLL_MS);
}
