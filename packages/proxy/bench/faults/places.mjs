/** F20 to F22: who stays where when destinations come and go, when one user is loud, when the gateway restarts. */
import { printTable, verdict } from '../verdict.mjs';
import { forEach, ours } from './contenders.mjs';
import { movedShare, now, pause, startLoad } from './load.mjs';
import { startReplicas } from './replica.mjs';

const users = 500;
const percent = (share) => (share === null ? '—' : `${(share * 100).toFixed(1)} %`);

export async function scaled(options) {
  const settleMs = options.quick ? 2500 : 4000;
  const rows = [];
  for (const kind of ['consistent hash', 'affinity cookie']) {
    const affinity = kind === 'affinity cookie';
    const measured = await forEach(options, async (start, name) => {
      // nginx's own `sticky` belongs to its commercial edition.
      if (affinity && name === 'nginx') return { kind, note: 'cannot' };
      const four = await startReplicas(4);
      const [, , , fourth] = four.replicas;
      const policy = affinity ? 'round-robin' : 'consistent-hash';
      const proxy = await start({ destinations: four.replicas.slice(0, 3), policy, affinity });
      await pause(700);
      const load = startLoad({ port: proxy.port, clients: 16, thinkMs: 2, users });
      await pause(settleMs);
      const outAt = now();
      await proxy.add(fourth);
      await pause(settleMs);
      const drainAt = now();
      await proxy.drain?.('d-3');
      await pause(1000);
      await proxy.remove('d-3');
      const inAt = now();
      await pause(settleMs);
      const end = now();
      const seen = await load.end();
      await proxy.stop();
      await four.stop();
      const out = movedShare(seen.placeOf(0, outAt), seen.placeOf(outAt + settleMs / 3, drainAt));
      const back = movedShare(seen.placeOf(outAt + settleMs / 3, drainAt), seen.placeOf(inAt + settleMs / 3, end));
      return {
        kind,
        requests: seen.total,
        'moved 3 → 4': percent(out),
        'moved 4 → 3': percent(back),
        out,
        back,
        'failed GET': seen.failed(false),
        'failed POST': seen.failed(true),
        'done twice': four.doneTwice(),
        note: proxy.drain ? '' : 'no drain',
      };
    });
    rows.push(...measured);
  }
  const keys = [
    'contender',
    'kind',
    'requests',
    'moved 3 → 4',
    'moved 4 → 3',
    'failed GET',
    'failed POST',
    'done twice',
    'note',
  ];
  printTable(
    `F20  a fourth destination comes under load, drains for 1 s and goes; ${users} users`,
    rows.map((row) => Object.fromEntries(keys.map((key) => [key, row[key]]))),
  );
  const [hash, cookie] = rows.filter(({ contender }) => contender === 'holdfast');
  if (hash === undefined) return { rows };
  const failed = [hash, cookie].reduce((sum, row) => sum + row['failed GET'] + row['failed POST'], 0);
  return {
    rows,
    verdicts: [
      verdict(
        'F20: consistent hash moves ≤ 1/n + 5 %',
        Math.max(hash.out, hash.back) <= 0.3,
        `${percent(hash.out)} out, ${percent(hash.back)} in`,
      ),
      verdict('F20: no client with a cookie moves when a destination is added', cookie.out === 0, percent(cookie.out)),
      verdict('F20: scaling and drain lose no request', failed === 0, `${failed} failed`),
    ],
  };
}

export async function loud(options) {
  const rows = [];
  for (const boundedLoad of [undefined, 1.25]) {
    const measured = await forEach(options, async (start, name) => {
      const bound = boundedLoad === undefined ? 'no bound' : `bounded load ${boundedLoad}`;
      if (boundedLoad !== undefined && name === 'nginx') return { bound, note: 'cannot' };
      const four = await startReplicas(4);
      for (const replica of four.replicas) replica.behave({ delayMs: 10 });
      const proxy = await start({ destinations: four.replicas, policy: 'consistent-hash', boundedLoad });
      await pause(700);
      const load = startLoad({ port: proxy.port, clients: 64, thinkMs: 5, users: 2000, hotShare: 0.3 });
      await pause(1000);
      const from = now();
      await pause(options.quick ? 3000 : 6000);
      const to = now();
      const seen = await load.end();
      await proxy.stop();
      await four.stop();
      const ratio = Math.max(...Object.values(seen.shares(from, to))) * 4;
      return {
        bound,
        requests: seen.total,
        'max / mean': ratio,
        failed: seen.failed(true) + seen.failed(false),
        note: '',
      };
    });
    rows.push(...measured);
  }
  const keys = ['contender', 'bound', 'requests', 'max / mean', 'failed', 'note'];
  printTable(
    'F21  one user makes 30 % of the traffic; consistent hash over 4 destinations, 64 clients',
    rows.map((row) => Object.fromEntries(keys.map((key) => [key, row[key]]))),
  );
  const row = rows.find(({ contender, bound }) => contender === 'holdfast' && bound !== 'no bound');
  const ratio = row?.['max / mean'];
  return { rows, verdicts: row && [verdict('F21: bounded load keeps max/mean ≤ 1.5', ratio <= 1.5, ratio.toFixed(2))] };
}

export async function restarted(options) {
  const rows = await forEach(options, async (start, name) => {
    const three = await startReplicas(3);
    // What each has to bind a user without state: a cookie, or a hash of the user.
    const affinity = name !== 'nginx';
    const policy = affinity ? 'round-robin' : 'consistent-hash';
    const proxy = await start({ destinations: three.replicas, policy, affinity });
    await pause(700);
    const load = startLoad({ port: proxy.port, clients: 16, thinkMs: 4, users: 300 });
    await pause(2500);
    const at = now();
    await proxy.restart();
    const backAt = now();
    await pause(2500);
    const seen = await load.end();
    await proxy.stop();
    await three.stop();
    const moved = movedShare(seen.placeOf(0, at), seen.placeOf(backAt, Number.POSITIVE_INFINITY));
    return {
      by: affinity ? 'cookie' : 'hash of the user',
      requests: seen.total,
      'moved users': percent(moved),
      moved,
      'refused meanwhile': seen.refused,
      'otherwise failed': seen.failed(false) + seen.failed(true) - seen.refused,
      'away ms': Math.round(backAt - at),
      'done twice': three.doneTwice(),
    };
  });
  printTable(
    'F22  the gateway is ended with SIGTERM and started again on its port',
    rows.map(({ moved: _, ...row }) => row),
  );
  const row = ours(rows);
  return {
    rows,
    verdicts: row && [verdict('F22: affinity kept', row.moved === 0, `${row['moved users']} of the users moved`)],
  };
}
