/** F1 to F3: a destination process is killed, frozen, restarted. One mixed load, a quarter of it POSTs. */
import { printTable, verdict } from '../verdict.mjs';
import { forEach, ours } from './contenders.mjs';
import { now, pause, startLoad } from './load.mjs';
import { startReplicas } from './replica.mjs';

/** Runs `disturb` under load, `repeats` times; counts are sums over all repeats, times the worst. */
async function underLoad(options, disturb) {
  const repeats = options.quick ? 1 : 3;
  return forEach(options, async (start) => {
    const row = {
      requests: 0,
      'failed GET': 0,
      'failed POST': 0,
      'of these done': 0,
      'done twice': 0,
      'recovered ms': 0,
      'longest GET ms': 0,
    };
    let worst = 0;
    for (let i = 0; i < repeats; i++) {
      const three = await startReplicas(3);
      const proxy = await start({ destinations: three.replicas });
      await pause(700);
      const load = startLoad({ port: proxy.port, clients: 8, thinkMs: 2 });
      await pause(1500);
      const at = now();
      await disturb(three.replicas);
      const seen = await load.end();
      row.requests += seen.total;
      row['failed GET'] += seen.failed(false);
      row['failed POST'] += seen.failed(true);
      row['of these done'] += seen.failedPosts.filter((name) => three.done().has(name)).length;
      row['done twice'] += three.doneTwice();
      row['recovered ms'] = Math.max(row['recovered ms'], Math.round(seen.recoveredAfterMs(at)));
      row['longest GET ms'] = Math.max(row['longest GET ms'], Math.round(seen.longestGetMs));
      worst = Math.max(worst, seen.failed(false) + seen.failed(true));
      await proxy.stop();
      await three.stop();
    }
    return { ...row, 'failed, worst run': worst };
  });
}

export async function killed(options) {
  const rows = await underLoad(options, async ([, victim]) => {
    victim.signal('SIGKILL');
    await victim.exited();
    await pause(2000);
    await victim.start();
    await pause(1500);
  });
  printTable('F1  kill -9 of one of 3, started again 2 s later; 8 clients', rows);
  const row = ours(rows);
  return {
    rows,
    verdicts: row && [
      verdict('F1: 0 GET failed', row['failed GET'] === 0, `${row['failed GET']} of ${row.requests} requests`),
      verdict(
        'F1: ≤ 2 requests failed in all',
        row['failed, worst run'] <= 2,
        `${row['failed, worst run']} in the worst run`,
      ),
      verdict('F1: no POST done twice', row['done twice'] === 0, `${row['done twice']}`),
    ],
  };
}

export async function frozen(options) {
  const rows = await underLoad(options, async ([, victim]) => {
    victim.signal('SIGSTOP');
    await pause(7000);
    victim.signal('SIGCONT');
    await pause(1500);
  });
  printTable('F2  SIGSTOP of one of 3 for 7 s; answers are waited for 5 s', rows);
  const row = ours(rows);
  return {
    rows,
    verdicts: row && [
      verdict('F2: 0 GET failed', row['failed GET'] === 0, `${row['failed GET']} of ${row.requests} requests`),
      verdict(
        'F2: the frozen destination is out, and requests that wait there are moved, within 1 s',
        row['longest GET ms'] <= 1000,
        `the longest GET took ${row['longest GET ms']} ms`,
      ),
      verdict('F2: no POST done twice', row['done twice'] === 0, `${row['done twice']}`),
    ],
  };
}

export async function rolled(options) {
  const rows = await underLoad(options, async (replicas) => {
    for (const replica of replicas) {
      replica.signal('SIGTERM');
      await replica.exited();
      await replica.start();
      await pause(1000);
    }
  });
  printTable('F3  SIGTERM to each of 3 in turn: health fails first, the port closes 1.5 s later', rows);
  const row = ours(rows);
  const failed = row && row['failed GET'] + row['failed POST'];
  return { rows, verdicts: row && [verdict('F3: 0 failed', failed === 0, `${failed} of ${row.requests} requests`)] };
}
