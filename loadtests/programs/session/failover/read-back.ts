import { setTimeout as delay } from 'node:timers/promises';
import { createSessions, type Sessions } from '@holdfast/session';
import { exchange } from '../exchange.js';
import type { Login } from './session-load.js';
import type { Topology } from './topology.js';

const SECRET = 'a-secret-for-benchmarks-only';
const PARALLEL = 200;
const ANSWERS_MS = 5_000;
const AGAIN_MS = 100;

/** When the logins were acknowledged whose session is gone: reads every acknowledged one back, on a connection of its own. */
export async function lostLoginsMs(logins: readonly Login[], topology: Topology): Promise<number[]> {
  const redis = await topology.connect();
  const sessions = createSessions({ store: 'redis', secrets: [SECRET], redis });
  const lost: number[] = [];
  try {
    await inBatches(logins, async ({ cookie, ms }) => {
      if (!(await isKept(sessions, cookie))) lost.push(ms);
    });
    return lost;
  } finally {
    await sessions.close();
    redis.disconnect();
  }
}

/** Asks again while Redis cannot be asked: a new client of a Cluster may still learn who serves a slot. */
async function isKept(sessions: Sessions, cookie: string): Promise<boolean> {
  const deadline = performance.now() + ANSWERS_MS;
  for (;;) {
    let kept = false;
    const { status } = await exchange(sessions.middleware, cookie, (req) => {
      kept = sessions.current(req) !== null;
    });
    if (status === 200) return kept;
    if (performance.now() > deadline) throw new Error(`a session could not be read back: ${status}`);
    await delay(AGAIN_MS);
  }
}

async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let n = 0; n < items.length; n += PARALLEL) await Promise.all(items.slice(n, n + PARALLEL).map(act));
}
