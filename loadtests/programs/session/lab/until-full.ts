/**
 * `node dist/programs/session/lab/until-full.js '{"store":"cached","megabytes":256,"eviction":"noeviction"}'`: makes sessions, without password
 * hashing, until what keeps them is full: a process (`memory`) or a Redis of that size. Prints how many it held and how it ended, as
 * one line of JSON.
 */
import { startRedis, type TestRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant, type VariantName } from '../variants.js';
import { countGone } from './count-gone.js';
import { fillUntilDeath } from './fill-until-death.js';

const BATCH = 200;
/** One session in so many is asked for again. */
const SAMPLED = 50;
/** The part of the sessions that are still made when the first had to go. */
const MORE = 0.05;

interface Task {
  readonly store: VariantName;
  readonly megabytes: number;
  readonly eviction: 'noeviction' | 'allkeys-lru';
}

interface Ended {
  /** Sessions that it held when it was full. */
  readonly held: number;
  readonly died: boolean;
  readonly stalled: boolean;
  /** Logins that were tried when it was full, and those refused. */
  readonly loginsTried: number;
  readonly loginsRefused: number;
  /** Sessions of all times that were asked for afterwards, and those that were gone without a word. */
  readonly asked: number;
  readonly gone: number;
}

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
console.log(JSON.stringify(task.store === 'memory' ? await fillProcess() : await fillRedis()));
process.exit(0);

async function fillProcess(): Promise<Ended> {
  const { made, ...ended } = await fillUntilDeath(task.megabytes);
  return { held: made, ...ended, loginsTried: 0, loginsRefused: 0 };
}

async function fillRedis(): Promise<Ended> {
  const { megabytes, eviction } = task;
  const args = ['--appendonly', 'no', '--save', '', '--maxmemory', `${megabytes}mb`, '--maxmemory-policy', eviction];
  const server = await startRedis({ args });
  const redis = new Redis(server.url);
  try {
    return await fill(server, redis);
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

async function fill(server: TestRedis, redis: Redis): Promise<Ended> {
  const variant = openVariant(task.store, redis);
  const cookies: string[] = [];
  let made = 0;
  const makeBatch = async (): Promise<number> => {
    const batch = await Promise.all(Array.from({ length: BATCH }, (_, n) => logIn(`user-${made + n}`)));
    const kept = batch.filter((cookie) => cookie !== undefined);
    cookies.push(...kept.filter((_, n) => (made + n) % SAMPLED === 0));
    made += kept.length;
    return BATCH - kept.length;
  };
  while ((await makeBatch()) === 0 && (await evicted(redis)) === 0);
  const held = made;
  let [loginsTried, loginsRefused] = [0, 0];
  // That it refuses is known after two batches.
  while (loginsTried < held * MORE && loginsRefused < 2 * BATCH) {
    loginsRefused += await makeBatch();
    loginsTried += BATCH;
  }
  await variant.sessions?.close();
  const gone = await askAnotherServer(server, cookies);
  return { held, died: false, stalled: false, loginsTried, loginsRefused, asked: cookies.length, gone };

  async function logIn(user: string): Promise<string | undefined> {
    const { status, cookie } = await exchange(variant.middleware, undefined, (req) => variant.login(req, user));
    return status === 200 ? cookie : undefined;
  }
}

async function evicted(redis: Redis): Promise<number> {
  return Number(/evicted_keys:(\d+)/.exec(await redis.info('stats'))?.[1]);
}

/** Another server has no copy of a session and no memory of a refusal. */
async function askAnotherServer(server: TestRedis, cookies: readonly string[]): Promise<number> {
  const redis = new Redis(server.url);
  const variant = openVariant(task.store === 'cached' ? 'redis' : task.store, redis);
  const gone = await countGone(variant, cookies);
  await variant.sessions?.close();
  redis.disconnect();
  return gone;
}
