/**
 * `node dist/bench/lab/growth.js '{"store":"redis","megabytes":64}'`: makes sessions, without password hashing, and prints what each
 * costs the process and Redis, and how many fit, as one line of JSON. Memory of a process is filled until the process stalls or dies.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant, type VariantName } from '../variants.js';
import { fillUntilDeath } from './fill-until-death.js';

/** The near cache is full before the first, so that the slope is that of sessions and not of its filling. */
const SIZES = [12_000, 24_000, 36_000] as const;
const BATCH = 200;
const MEGABYTE = 1024 * 1024;

interface Point {
  readonly sessions: number;
  readonly heap: number;
  readonly redis: number;
}

const task = JSON.parse(process.argv[2] ?? '{}') as { store: VariantName; megabytes: number };
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const server = await startRedis({ args: ['--appendonly', 'no'] });
const redis = new Redis(server.url);
const variant = openVariant(task.store, redis);
try {
  const points: Point[] = [];
  for (const sessions of SIZES) {
    await fill(sessions - (points.at(-1)?.sessions ?? 0), sessions);
    points.push({ sessions, ...(await memory()) });
  }
  const bytesInProcess = slope(points, ({ heap }) => heap);
  const bytesInRedis = slope(points, ({ redis: used }) => used);
  const isLocal = task.store === 'memory';
  const made = isLocal ? (await fillUntilDeath(task.megabytes)).made : SIZES[2];
  const sessionsUntilFull = isLocal ? made : Math.round((task.megabytes * MEGABYTE) / bytesInRedis);
  console.log(JSON.stringify({ bytesInProcess, bytesInRedis, made, died: isLocal, sessionsUntilFull }));
} finally {
  await variant.sessions?.close();
  redis.disconnect();
  await server.stop();
}
process.exit(0);

async function fill(count: number, upTo: number): Promise<void> {
  for (let made = 0; made < count; made += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, n) => logInAndRead(`user-${upTo - count + made + n}`)));
  }
}

/** The read fills the near cache. */
async function logInAndRead(user: string): Promise<void> {
  const { cookie } = await exchange(variant.middleware, undefined, (req) => variant.login(req, user));
  await exchange(variant.middleware, cookie, () => undefined);
}

async function memory(): Promise<{ heap: number; redis: number }> {
  collect();
  const info = await redis.info('memory');
  return { heap: process.memoryUsage().heapUsed, redis: Number(/used_memory:(\d+)/.exec(info)?.[1]) };
}

function slope(points: readonly Point[], of: (point: Point) => number): number {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Math.max(0, Math.round((of(last) - of(first)) / (last.sessions - first.sessions)));
}
