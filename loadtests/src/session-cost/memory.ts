import { slope } from '../statistics/slope.js';
import { startOwnRedis } from '../systems/own-redis.js';
import { startServer } from './server-process.js';
import { STORES, type StoreName } from './stores.js';

const PARALLEL = 16;

export interface MemoryPoint {
  readonly store: StoreName;
  /** Heap of the server per session after a collection: the session itself, or its copy in the near cache. */
  readonly processBytesPerSession: number;
}

/**
 * The slope over the numbers of sessions, so that what a server needs without any does not count.
 * Each user has one session, and reads it once after the login, which fills the near cache.
 */
export async function measureMemory(quick: boolean): Promise<MemoryPoint[]> {
  const sizes = quick ? [500, 1500, 3000] : [2000, 5000, 10_000];
  const redis = await startOwnRedis();
  const points: MemoryPoint[] = [];
  try {
    for (const store of STORES) {
      const server = await startServer(store, redis.url, ['--expose-gc']);
      const seen: [sessions: number, heapBytes: number][] = [];
      try {
        let made = 0;
        for (const sessions of sizes) {
          while (made < sessions) {
            const batch = Math.min(PARALLEL, sessions - made);
            await Promise.all(Array.from({ length: batch }, (_, n) => logInAndRead(server, `user-${made + n}`)));
            made += batch;
          }
          seen.push([sessions, (await server.usage()).heapBytes]);
        }
      } finally {
        server.stop();
      }
      points.push({ store, processBytesPerSession: Math.max(0, Math.round(slope(seen))) });
    }
  } finally {
    await redis.stop();
  }
  return points;
}

async function logInAndRead(
  server: { url: string; login(user: string): Promise<string> },
  user: string,
): Promise<void> {
  const cookie = await server.login(user);
  const response = await fetch(`${server.url}/me`, { headers: { cookie } });
  if (!response.ok) throw new Error(`/me answered ${response.status}`);
  await response.arrayBuffer();
}

export async function memory(quick: boolean): Promise<Record<string, number>> {
  const points = await measureMemory(quick);
  return Object.fromEntries(
    points.map(({ store, processBytesPerSession }) => [`heapBytes.${store}`, processBytesPerSession]),
  );
}
