import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';
import type { RaceResult, RaceTask } from './race-worker.js';
import type { VariantName } from './variants.js';

const BATCH = 500;
const CAP = 3;

export interface RaceCounts {
  readonly variant: VariantName;
  readonly pairs: number;
  /** Two requests write different attributes at once; one of the writes is gone. */
  readonly lostUpdates: number;
  /** A write and a logout at once; the session lives on. */
  readonly revivedSessions: number;
  /** A write and a rotation at once; the old sid still works. */
  readonly oldSidsAlive: number;
  readonly seconds: number;
}

export interface CapCounts {
  readonly rounds: number;
  readonly cap: number;
  readonly parallelLogins: number;
  readonly mostAlive: number;
}

/** `pairs` races of each kind between two processes, on a Redis of their own; where sessions are in a process's memory, within it. */
export async function raceSessions(variant: VariantName, pairs: number, batch = BATCH): Promise<RaceCounts> {
  const start = performance.now();
  let lostUpdates = 0;
  let revivedSessions = 0;
  let oldSidsAlive = 0;
  await withWorkers(variant, undefined, async (one, two, flush) => {
    for (let done = 0; done < pairs; done += batch) {
      const users = Array.from({ length: Math.min(batch, pairs - done) }, (_, n) => `u${done + n}`);
      const race = async (other: (cookies: readonly string[]) => RaceTask) => {
        const { cookies } = await ask(one, { do: 'login', users });
        await Promise.all([ask(one, { do: 'write', cookies, attribute: 'a' }), ask(two, other(cookies))]);
        return (await ask(one, { do: 'inspect', cookies })).seen;
      };
      for (const { attributes } of await race((cookies) => ({ do: 'write', cookies, attribute: 'b' }))) {
        if (!attributes.includes('a') || !attributes.includes('b')) lostUpdates += 1;
      }
      revivedSessions += (await race((cookies) => ({ do: 'logout', cookies }))).filter(({ alive }) => alive).length;
      oldSidsAlive += (await race((cookies) => ({ do: 'rotate', cookies }))).filter(({ alive }) => alive).length;
      await flush();
    }
  });
  const seconds = (performance.now() - start) / 1000;
  return { variant, pairs, lostUpdates, revivedSessions, oldSidsAlive, seconds };
}

/** N + 5 logins of one user at once, from two processes; then how many of them are alive. */
export async function raceLogins(variant: VariantName, rounds: number): Promise<CapCounts> {
  let mostAlive = 0;
  const each = Math.ceil((CAP + 5) / 2);
  await withWorkers(variant, CAP, async (one, two) => {
    for (let round = 0; round < rounds; round += 1) {
      const users = Array.from({ length: each }, () => `user-${round}`);
      const [left, right] = await Promise.all([ask(one, { do: 'login', users }), ask(two, { do: 'login', users })]);
      const { seen } = await ask(one, { do: 'inspect', cookies: [...left.cookies, ...right.cookies] });
      mostAlive = Math.max(mostAlive, seen.filter(({ alive }) => alive).length);
    }
  });
  return { rounds, cap: CAP, parallelLogins: each * 2, mostAlive };
}

async function withWorkers(
  variant: VariantName,
  cap: number | undefined,
  work: (one: ChildProcess, two: ChildProcess, flush: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const redis = await startRedis();
  const one = await startWorker(variant, redis.url, cap);
  const two = variant === 'memory' ? one : await startWorker(variant, redis.url, cap);
  const { Redis } = await import('ioredis');
  const admin = new Redis(redis.url);
  try {
    await work(one, two, async () => void (await admin.flushall()));
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
