import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { countRaces, type RaceCounts, type RaceResult, type Racer, type RaceTask } from './count-races.js';
import type { VariantName } from './variants.js';

const BATCH = 500;
const CAP = 3;

export interface CapCounts {
  readonly rounds: number;
  readonly cap: number;
  readonly parallelLogins: number;
  readonly mostAlive: number;
}

/** `pairs` races of each kind between two processes, on a Redis of their own; where sessions are in a process's memory, within it. */
export async function raceSessions(variant: VariantName, pairs: number, batch = BATCH): Promise<RaceCounts> {
  return withWorkers(variant, undefined, (one, two, flush) => countRaces(variant, [one, two], { pairs, batch }, flush));
}

/** N + 5 logins of one user at once, from two processes; then how many of them are alive. */
export async function raceLogins(variant: VariantName, rounds: number): Promise<CapCounts> {
  const each = Math.ceil((CAP + 5) / 2);
  const mostAlive = await withWorkers(variant, CAP, async (one, two) => {
    let most = 0;
    for (let round = 0; round < rounds; round += 1) {
      const users = Array.from({ length: each }, () => `user-${round}`);
      const [left, right] = await Promise.all([one({ do: 'login', users }), two({ do: 'login', users })]);
      const { seen } = await one({ do: 'inspect', cookies: [...left.cookies, ...right.cookies] });
      most = Math.max(most, seen.filter(({ alive }) => alive).length);
    }
    return most;
  });
  return { rounds, cap: CAP, parallelLogins: each * 2, mostAlive };
}

async function withWorkers<T>(
  variant: VariantName,
  cap: number | undefined,
  work: (one: Racer, two: Racer, flush: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  const one = await startWorker(variant, redis.url, cap);
  const two = variant === 'memory' ? one : await startWorker(variant, redis.url, cap);
  const admin = new Redis(redis.url);
  try {
    return await work(
      (task) => ask(one, task),
      (task) => ask(two, task),
      () => admin.flushall(),
    );
  } finally {
    for (const worker of new Set([one, two])) worker.disconnect();
    admin.disconnect();
    await redis.stop();
  }
}

async function startWorker(variant: VariantName, url: string, cap: number | undefined): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./race-worker.js', import.meta.url));
  const worker = fork(file, [variant, url, ...(cap === undefined ? [] : [String(cap)])]);
  await once(worker, 'message');
  return worker;
}

let asked = 0;

async function ask(worker: ChildProcess, task: RaceTask): Promise<RaceResult> {
  const id = asked++;
  const answered = new Promise<RaceResult>((resolve) => {
    const listen = (answer: { readonly id: number; readonly result: RaceResult }) => {
      if (answer.id !== id) return;
      worker.off('message', listen);
      resolve(answer.result);
    };
    worker.on('message', listen);
  });
  worker.send({ id, task });
  return answered;
}
