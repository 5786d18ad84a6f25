/** `node dist/programs/session/lab/scale.js '{"sizes":[1000,10000]}'`: memory and time per session as their number grows, as one line of JSON. */
import { createSessions } from '@holdfast/session';
import { startRedis } from '@holdfast/testing';
import type { Request } from 'express';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { quantile, round } from '../median.js';

const PARALLEL = 500;
const SESSIONS_PER_USER = 4;

interface ScalePoint {
  readonly sessions: number;
  /** Redis's memory per session, index and expiry queue included. */
  readonly bytesPerSession: number;
  readonly loginMicros: number;
  readonly readMs: number;
  readonly listDevicesMs: number;
}

const { sizes: wanted } = JSON.parse(process.argv[2] ?? '{}') as { sizes: number[] };
console.log(JSON.stringify(await measureScale(wanted)));

/** Each should stay flat. */
async function measureScale(sizes: readonly number[]): Promise<ScalePoint[]> {
  const server = await startRedis({ args: ['--appendonly', 'no'] });
  const redis = new Redis(server.url);
  const sessions = createSessions({ store: 'redis', secrets: ['a-secret-for-benchmarks-only'], redis });
  const points: ScalePoint[] = [];
  const empty = await usedMemory(redis);
  let created = 0;
  try {
    for (const size of sizes) {
      const before = performance.now();
      const added = size - created;
      while (created < size) {
        const batch = Math.min(PARALLEL, size - created);
        await Promise.all(Array.from({ length: batch }, (_, n) => login(created + n)));
        created += batch;
      }
      const loginMicros = ((performance.now() - before) * 1000) / added;
      const cookie = (await login(0)).cookie;
      points.push({
        sessions: size,
        bytesPerSession: Math.round(((await usedMemory(redis)) - empty) / size),
        loginMicros: round(loginMicros),
        readMs: await median(() => exchange(sessions.middleware, cookie, () => undefined)),
        listDevicesMs: await median((n) => sessions.devices.list(`user-${n}`)),
      });
    }
  } finally {
    await sessions.close();
    redis.disconnect();
    await server.stop();
  }
  return points;

  function login(n: number) {
    const id = `user-${Math.floor(n / SESSIONS_PER_USER)}`;
    return exchange(sessions.middleware, undefined, (req: Request) => sessions.login(req, { id, name: id }));
  }
}

async function median(act: (n: number) => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const start = performance.now();
    await act(n);
    taken.push(performance.now() - start);
  }
  return round(quantile(taken, 0.5), 3);
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
