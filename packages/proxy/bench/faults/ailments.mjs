/** F4 to F6: a destination is slow, fails, flaps; all are gone. */
import { printTable, verdict } from '../verdict.mjs';
import { forEach, ours } from './contenders.mjs';
import { now, pause, startLoad } from './load.mjs';
import { startReplicas } from './replica.mjs';

export async function slow(options) {
  const rows = await forEach(options, async (start) => {
    const three = await startReplicas(3);
    const proxy = await start({ destinations: three.replicas, policy: 'least-requests' });
    await pause(700);
    const load = startLoad({ port: proxy.port, clients: 32, thinkMs: 2 });
    await pause(1000);
    three.replicas[0].behave({ delayMs: 2002 });
    const from = now();
    await pause(options.quick ? 3000 : 6000);
    const to = now();
    const seen = await load.end();
    await proxy.stop();
    await three.stop();
    return {
      requests: seen.total,
      'share of the slow one': `${((seen.shares(from, to)['d-0'] ?? 0) * 100).toFixed(1)} %`,
      share: seen.shares(from, to)['d-0'] ?? 0,
      'failed GET': seen.failed(false),
      'failed POST': seen.failed(true),
    };
  });
  printTable(
    'F4  2 s slower, one of 3; least requests (nginx least_conn, HAProxy leastconn)',
    rows.map(({ share: _, ...row }) => row),
  );
  const row = ours(rows);
  return {
    rows,
    verdicts: row && [
      verdict('F4: share of the slow destination < 10 %', row.share < 0.1, row['share of the slow one']),
    ],
  };
}

export async function failing(options) {
  const rows = await forEach(options, async (start) => {
    const three = await startReplicas(3);
    const [sick] = three.replicas;
    const proxy = await start({ destinations: three.replicas });
    await pause(700);
    const load = startLoad({ port: proxy.port, clients: 16, thinkMs: 4 });
    await pause(1000);
    sick.behave({ status: 500 });
    const failsFrom = now();
    await pause(options.quick ? 2000 : 4000);
    const flapsFrom = now();
    for (let i = 0; i < (options.quick ? 3 : 6); i++) {
      sick.behave({ status: 200 });
      await pause(300);
      sick.behave({ status: 500 });
      await pause(300);
    }
    sick.behave({ status: 200 });
    const wellFrom = now();
    await pause(options.quick ? 5000 : 10_000);
    const end = now();
    const seen = await load.end();
    await proxy.stop();
    await three.stop();
    const between = (from, to) => count(seen, (i) => seen.isFailed(i) && within(seen, i, from, to));
    return {
      requests: seen.total,
      '5xx while failing': between(failsFrom, flapsFrom),
      '5xx while flapping': between(flapsFrom, wellFrom),
      '5xx when well': between(wellFrom + 100, end),
      'back after ms': backAfterMs(seen, wellFrom, end),
      'done twice': three.doneTwice(),
    };
  });
  printTable(
    'F5  500 from one of 3, then flapping every 300 ms, then well (back: a quarter of all requests again)',
    rows,
  );
  const row = ours(rows);
  const asked = row?.['5xx while failing'];
  return {
    rows,
    verdicts: row && [
      verdict(
        'F5: ejected after 5 failures (besides those of 16 clients under way, and one per probation)',
        asked <= 25,
        `${asked} × 5xx while failing`,
      ),
      verdict(
        'F5: no request fails after the destination has recovered',
        row['5xx when well'] === 0,
        `${row['5xx when well']}`,
      ),
      verdict(
        'F5: the ejected destination comes back',
        row['back after ms'] !== null,
        `after ${row['back after ms']} ms`,
      ),
    ],
  };
}

const within = ({ records }, i, from, to) => records.startedAt[i] >= from && records.startedAt[i] < to;

function count(seen, test) {
  let n = 0;
  for (let i = 0; i < seen.total; i++) if (test(i)) n++;
  return n;
}

/** When it had a quarter of the requests of half a second again; null if not within the run. */
function backAfterMs(seen, from, to) {
  for (let at = from; at < to - 500; at += 100)
    if ((seen.shares(at, at + 500)['d-0'] ?? 0) >= 0.25) return Math.round(at - from);
  return null;
}

export async function gone(options) {
  const rows = await forEach(options, async (start) => {
    const three = await startReplicas(3);
    const proxy = await start({ destinations: three.replicas });
    await pause(700);
    await Promise.all(three.replicas.map((replica) => replica.stop()));
    const times = [];
    const statuses = new Set();
    let retryAfter = false;
    for (let i = 0; i < (options.quick ? 50 : 200); i++) {
      const startedAt = performance.now();
      const answer = await fetch(`http://127.0.0.1:${proxy.port}/work`);
      times.push(performance.now() - startedAt);
      await answer.text();
      statuses.add(answer.status);
      retryAfter = answer.headers.has('retry-after');
    }
    await proxy.stop();
    const sorted = times.toSorted((a, b) => a - b);
    return {
      answers: [...statuses].join(','),
      'Retry-After': retryAfter ? 'yes' : 'no',
      'first ms': times[0],
      'median ms': sorted[sorted.length >> 1],
      'longest ms': sorted.at(-1),
    };
  });
  printTable('F6  all 3 killed at once; from the very next request on', rows);
  const row = ours(rows);
  const median = row?.['median ms'];
  return {
    rows,
    verdicts: row && [
      verdict('F6: 503 with Retry-After', row.answers === '503' && row['Retry-After'] === 'yes', `${row.answers}`),
      verdict(
        'F6: in < 50 ms',
        row['longest ms'] < 50 || (median < 25 ? null : false),
        `median ${median.toFixed(1)}, longest ${row['longest ms'].toFixed(1)} ms`,
      ),
    ],
  };
}
