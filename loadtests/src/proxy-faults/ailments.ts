import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../measures/window.js';
import type { Counted } from '../results/results.js';
import { isFailed, type Records } from './records.js';
import type { Fault } from './trial.js';

const LATE_REFUSAL_MS = 50;

/** One of three destinations becomes two seconds slower. */
export const slow: Fault = async (trial) => {
  const three = await trial.replicas(3);
  const balancer = await trial.balancer({ destinations: three.all, policy: 'least-requests' });
  const clients = trial.clients(balancer, { clients: 32, thinkMs: 2 });
  await delay(1_000);
  await three.all[0]?.behave({ delayMs: 2_002 });
  const from = performance.now();
  await delay(trial.isShort ? 3_000 : 6_000);
  const to = performance.now();
  const records = await clients.end();
  return {
    counted: {
      ...{ slowShare: records.shareOf('d-0', from, to), getsFailed: records.failed(false) },
      postsFailed: records.failed(true),
    },
    estimated: {},
  };
};

/** One of three destinations answers 500, then comes and goes, then is well. */
export const failing: Fault = async (trial) => {
  const three = await trial.replicas(3);
  const [sick] = three.all;
  const balancer = await trial.balancer({ destinations: three.all });
  const clients = trial.clients(balancer, { clients: 16, thinkMs: 4 });
  await delay(1_000);
  await sick?.behave({ status: 500 });
  const failsFrom = performance.now();
  await delay(trial.isShort ? 2_000 : 4_000);
  const flapsFrom = performance.now();
  for (let i = 0; i < (trial.isShort ? 3 : 6); i++) {
    await sick?.behave({ status: 200 });
    await delay(300);
    await sick?.behave({ status: 500 });
    await delay(300);
  }
  await sick?.behave({ status: 200 });
  const wellFrom = performance.now();
  await delay(trial.isShort ? 5_000 : 10_000);
  const end = performance.now();
  const records = await clients.end();
  const failed = (from: number, to: number): Counted => {
    const some = records.between(from, to);
    return { hit: some.filter(isFailed).length, of: some.length };
  };
  const backMs = backAfterMs(records, wellFrom, end);
  return {
    counted: {
      failedWhileFailing: failed(failsFrom, flapsFrom),
      failedWhileFlapping: failed(flapsFrom, wellFrom),
      failedWhenWell: failed(wellFrom + 100, end),
      staysOut: { hit: backMs === undefined ? 1 : 0, of: 1 },
      postsDoneTwice: { hit: three.doneTwice(), of: records.failed(true).of },
    },
    estimated: { ...(backMs !== undefined && { backMs }) },
  };
};

/** When it had a quarter of the requests of half a second again. */
function backAfterMs(records: Records, from: number, to: number): number | undefined {
  for (let at = from; at < to - 500; at += 100) {
    const { hit, of } = records.shareOf('d-0', at, at + 500);
    if (hit >= of / 4) return Math.round(at - from);
  }
  return undefined;
}

/** All destinations are killed at once; from the very next request on. */
export const allDown: Fault = async (trial) => {
  const three = await trial.replicas(3);
  const balancer = await trial.balancer({ destinations: three.all });
  await Promise.all(three.all.map((replica) => replica.kill()));
  const asked = trial.isShort ? 50 : 200;
  const times: number[] = [];
  let right = 0;
  for (let i = 0; i < asked; i++) {
    const startedAt = performance.now();
    const answer = await fetch(`http://127.0.0.1:${balancer.port}/work`);
    times.push(performance.now() - startedAt);
    await answer.text();
    if (answer.status === 503 && answer.headers.has('retry-after')) right++;
  }
  times.sort((a, b) => a - b);
  return {
    counted: {
      otherThan503: { hit: asked - right, of: asked },
      refusedLate: { hit: times.filter((ms) => ms > LATE_REFUSAL_MS).length, of: asked },
    },
    estimated: { refusalP50Ms: percentile(times, 0.5), refusalMaxMs: percentile(times, 1) },
  };
};
