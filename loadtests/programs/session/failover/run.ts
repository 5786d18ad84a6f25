/**
 * `node dist/programs/session/failover/run.js '{"topology":"sentinel","fault":"kill","lagMs":10,"wait":true,"minReplicas":false}'`: logs users
 * in while a Redis primary fails, reads every acknowledged session back, and prints what was lost as one line of JSON.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startClusterTopology } from './cluster-topology.js';
import { lostLoginsMs } from './read-back.js';
import { startSentinelTopology } from './sentinel-topology.js';
import { SessionLoad } from './session-load.js';
import type { Topology, TopologyOptions } from './topology.js';

interface Task extends TopologyOptions {
  readonly topology: 'sentinel' | 'cluster';
  readonly fault: 'kill' | 'partition';
  /** A login is acknowledged only when a replica has it. */
  readonly wait: boolean;
}

const FAILS_AT_MS = 4_000;
const PARTITION_MS = 5_000;
const LONGEST_MS = 45_000;
/** The load goes on for so long after another primary has taken over. */
const GOES_ON_MS = 1_500;

/** Ctrl-C ends the measurement, not the program: its servers must not outlive it. */
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => reject(new Error(`the measurement was ended by ${signal}`)));
});
// It may come while servers still start, when nobody waits for it yet.
interrupted.catch(() => undefined);

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const topology = task.topology === 'cluster' ? await startClusterTopology(task) : await startSentinelTopology(task);
try {
  console.log(JSON.stringify(await Promise.race([measure(topology), interrupted])));
} finally {
  await topology.stop();
}
// Timers of clients that lost their server.
process.exit(0);

async function measure(redis: Topology): Promise<object> {
  const load = await SessionLoad.prepare(redis, task.wait);
  load.start();
  await delay(FAILS_AT_MS);
  const failedAtMs = load.nowMs();
  const writesBefore = load.writes;
  if (task.fault === 'partition') {
    await redis.cut();
    await delay(PARTITION_MS);
    await redis.mend();
  } else {
    await redis.kill();
  }
  while (!(await redis.isSettled())) {
    if (load.nowMs() > LONGEST_MS) throw new Error(`no other primary within ${LONGEST_MS / 1000} s`);
    await delay(50);
  }
  const settledMs = load.nowMs();
  await delay(GOES_ON_MS);
  await load.stop();
  const durationMs = load.nowMs();
  const lostMs = await lostLoginsMs(load.logins, redis);
  await load.close();
  const loginsMs = load.logins.map(({ ms }) => ms);
  return {
    ...{ logins: load.logins.length, loginsLost: lostMs.length },
    failed: load.failedMs.length,
    ...{ writesPerSecond: Math.round(writesBefore / (failedAtMs / 1000)), failedAtMs, settledMs, durationMs },
    outageMs: longestGap([failedAtMs, ...loginsMs.filter((ms) => ms > failedAtMs), durationMs]),
    lostSpanMs: lostMs.length === 0 ? 0 : Math.round(Math.max(...lostMs) - Math.min(...lostMs)),
    perSecond: {
      requests: perSecond([...loginsMs, ...load.failedMs], durationMs),
      errors: perSecond(load.failedMs, durationMs),
      losses: perSecond(lostMs, durationMs),
    },
  };
}

function longestGap(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(Math.max(...sorted.slice(1).map((ms, n) => ms - (sorted[n] ?? ms))));
}

function perSecond(times: readonly number[], durationMs: number): number[] {
  const counts = new Array<number>(Math.ceil(durationMs / 1000)).fill(0);
  for (const ms of times) {
    const second = Math.min(counts.length - 1, Math.floor(ms / 1000));
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}
