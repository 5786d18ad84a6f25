import { setTimeout as delay } from 'node:timers/promises';
import type { Replica } from './replicas.js';
import type { Counts, Fault, Trial } from './trial.js';

const LATE_MS = 1_000;

/** A destination is killed, and started again two seconds later. */
export const kill: Fault = (trial) =>
  underLoad(trial, async ([, victim]) => {
    await victim?.kill();
    await delay(2_000);
    await victim?.start();
    await delay(1_500);
  });

/** A destination stands still for seven seconds; answers are waited for five. */
export const freeze: Fault = (trial) =>
  underLoad(trial, async ([, victim]) => {
    victim?.signal('SIGSTOP');
    await delay(7_000);
    victim?.signal('SIGCONT');
    await delay(1_500);
  });

/** Each destination is ended in turn: its health check fails first, its port closes later. */
export const rollingRestart: Fault = (trial) =>
  underLoad(trial, async (replicas) => {
    for (const replica of replicas) {
      await replica.stop();
      await replica.start();
      await delay(1_000);
    }
  });

/** One mixed load, a quarter of it POSTs. */
async function underLoad(trial: Trial, disturb: (replicas: readonly Replica[]) => Promise<void>): Promise<Counts> {
  const three = await trial.replicas(3);
  const balancer = await trial.balancer({ destinations: three.all });
  const clients = trial.clients(balancer, { clients: 8, thinkMs: 2 });
  await delay(1_500);
  const at = performance.now();
  await disturb(three.all);
  const records = await clients.end();
  const [gets, posts] = [records.failed(false), records.failed(true)];
  const done = three.done();
  const failedAndDone = records.all.filter(({ isPost, status, name }) => isPost && status !== 200 && done.has(name));
  const late = records.all.filter(({ isPost, startedAt, endedAt }) => !isPost && endedAt - startedAt > LATE_MS);
  return {
    counted: {
      ...{ getsFailed: gets, postsFailed: posts },
      requestsFailed: { hit: gets.hit + posts.hit, of: gets.of + posts.of },
      failedPostsDone: { hit: failedAndDone.length, of: posts.of },
      postsDoneTwice: { hit: three.doneTwice(), of: posts.of },
      getsLate: { hit: late.length, of: gets.of },
    },
    estimated: {
      recoveredMs: Math.round(records.recoveredAfterMs(at)),
      longestGetMs: Math.round(records.longestGetMs()),
    },
  };
}
