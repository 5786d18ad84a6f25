/**
 * `node dist/programs/session/lab/growth.js '{"store":"redis","megabytes":64}'`: makes sessions, without password hashing, and prints what each
 * number of them takes of the process and of Redis, as one line of JSON. Memory of a process is filled until the process stalls or
 * dies. Some of the sessions are asked for afterwards, of a server that was started then.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant, type VariantName } from '../variants.js';
import { countGone } from './count-gone.js';
import { fillUntilDeath } from './fill-until-death.js';

/** The near cache is full before the first, so that the slope is that of sessions and not of its filling. */
const SIZES = [12_000, 18_000, 24_000, 30_000, 36_000] as const;
const BATCH = 200;
/** One session in so many is asked for again. */
const SAMPLED = 100;

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
const cookies: string[] = [];
try {
  const points: Point[] = [];
  for (const sessions of SIZES) {
    await fill(sessions - (points.at(-1)?.sessions ?? 0), sessions);
    points.push({ sessions, ...(await memory()) });
  }
  console.log(JSON.stringify({ points, ...(await end()) }));
} finally {
  await variant.sessions?.close();
  redis.disconnect();
  await server.stop();
}
process.exit(0);

async function fill(count: number, upTo: number): Promise<void> {
  for (let made = 0; made < count; made += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, n) => logInAndRead(upTo - count + made + n)));
  }
}

/** The read fills the near cache. */
async function logInAndRead(n: number): Promise<void> {
  const { cookie } = await exchange(variant.middleware, undefined, (req) => variant.login(req, `user-${n}`));
  await exchange(variant.middleware, cookie, () => undefined);
  if (cookie !== undefined && n % SAMPLED === 0) cookies.push(cookie);
}

/** How many sessions were made, and what is left of them for a server that is started afterwards. */
async function end(): Promise<{ made: number; asked: number; gone: number }> {
  if (task.store === 'memory') return fillUntilDeath(task.megabytes);
  const another = new Redis(server.url);
  const restarted = openVariant(task.store, another);
  const gone = await countGone(restarted, cookies);
  await restarted.sessions?.close();
  another.disconnect();
  return { made: SIZES[4], asked: cookies.length, gone };
}

async function memory(): Promise<{ heap: number; redis: number }> {
  collect();
  const info = await redis.info('memory');
  return { heap: process.memoryUsage().heapUsed, redis: Number(/used_memory:(\d+)/.exec(info)?.[1]) };
}
