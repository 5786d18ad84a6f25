/**
 * Whether the cost of a request grows with the number of destinations (3 to 300, each policy) or of open client
 * connections (1 to 10 000, of which at most 64 ask at a time). Ratios are to the first point that has 64 requests
 * under way, within the same round, so that a busy machine moves both. `--cases destinations,connections` picks one.
 */
import { startNode } from './contenders/start-node.mjs';
import { startGenerator } from './generator.mjs';
import { startDestinations, startNginxProxy, stopOwned } from './native.mjs';
import { median, printTable, verdict } from './verdict.mjs';

const [proxyCore, loadCore] = ['0', '1'];
const inFlight = 64;
const head = 'Host: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\n';
const request = `GET /small HTTP/1.1\r\n${head}X-User: u-1\r\n\r\n`;
const nginxMethod = {
  'round-robin': '',
  'least-requests': 'least_conn;',
  'random-two': 'random two least_conn;',
  'consistent-hash': 'hash $http_x_user consistent;',
};
/** Growth that is noise of one run rather than a slope. */
const flat = 1.25;

export async function measure(options) {
  const plan = {
    rounds: options.rounds ?? (options.quick ? 2 : 5),
    durationMs: Number(options.seconds ?? (options.quick ? 1 : 3)) * 1000,
    warmUpMs: options.quick ? 2500 : 8000,
    policies: options.quick ? ['round-robin', 'consistent-hash'] : Object.keys(nginxMethod),
  };
  const wants = (what) => options.cases?.includes(what) ?? true;
  const destinations = wants('destinations') ? await byDestinations(plan) : [];
  stopOwned();
  const connections = wants('connections') ? await byConnections(plan) : [];
  return {
    ...plan,
    rows: [...destinations, ...connections],
    verdicts: [...judge(destinations), ...judge(connections)],
  };
}

async function byDestinations({ policies, ...plan }) {
  const counts = [3, 30, 100, 300];
  const { ports } = await startDestinations(loadCore, Math.max(...counts));
  const rows = [];
  for (const policy of policies) {
    const points = [];
    for (const count of counts) {
      const DESTINATIONS = JSON.stringify(ports.slice(0, count));
      const env = { DESTINATIONS, POLICY: policy };
      points.push({
        contender: 'nginx',
        count,
        ...(await startNginxProxy(ports.slice(0, count), proxyCore, nginxMethod[policy])),
      });
      points.push({ contender: 'holdfast', count, ...(await startNode('holdfast.mjs', env, proxyCore)) });
    }
    const measured = await measurePoints(points, (point) => ({ port: point.port, connections: inFlight }), plan);
    for (const { child } of points) child.kill('SIGKILL');
    rows.push(...tabulate(`destinations, ${policy}`, counts, measured, counts[0]));
  }
  return rows;
}

async function byConnections(plan) {
  const counts = [1, 10, 100, 1000, 10_000];
  const { ports } = await startDestinations(loadCore);
  const contenders = {
    nginx: await startNginxProxy(ports, proxyCore),
    holdfast: await startNode('holdfast.mjs', { DESTINATIONS: JSON.stringify(ports) }, proxyCore),
  };
  const points = counts.flatMap((count) =>
    Object.entries(contenders).map(([contender, running]) => ({ contender, count, ...running })),
  );
  const job = ({ port, count }) => ({ port, connections: count, inFlight });
  const measured = await measurePoints(points, job, plan);
  // One connection, and ten, leave the proxy idle between requests: each pays for its own wake-up, in every contender.
  return tabulate('connections', counts, measured, 100);
}

async function measurePoints(points, job, { rounds, durationMs, warmUpMs }) {
  const generator = startGenerator(loadCore);
  const samples = points.map((point) => ({ ...point, costs: [], failed: 0 }));
  const warm = new Set();
  for (const point of points) {
    if (point.contender === 'nginx' || warm.has(point.port)) continue;
    warm.add(point.port);
    await generator.run({ port: point.port, connections: inFlight, request, durationMs: warmUpMs });
  }
  for (let round = 0; round < rounds; round++) {
    for (const sample of samples) {
      const outcome = await generator.run({ ...job(sample), request, durationMs }, sample.pids());
      sample.costs.push(outcome.cpuMicrosPerRequest);
      sample.failed += outcome.failures;
    }
  }
  generator.stop();
  return samples;
}

function tabulate(what, counts, samples, base) {
  const rows = ['nginx', 'holdfast'].map((contender) => {
    const own = (count) => samples.find((s) => s.contender === contender && s.count === count);
    const row = { curve: what, contender };
    for (const count of counts) row[`n = ${count}`] = median(own(count).costs);
    const growth = counts
      .filter((count) => count > base)
      .map((count) => median(own(count).costs.map((cost, round) => cost / own(base).costs[round])));
    return {
      ...row,
      [`worst × ${base}`]: Math.max(...growth),
      growth: Math.max(...growth),
      failed: samples.reduce((sum, s) => sum + (s.contender === contender ? s.failed : 0), 0),
    };
  });
  printTable(
    `CPU µs per request by number of ${what}`,
    rows.map(({ growth: _, curve: __, ...shown }) => shown),
  );
  return rows;
}

function judge(rows) {
  return rows
    .filter(({ contender }) => contender === 'holdfast')
    .map(({ curve, growth, failed }) => {
      const theirs = rows.find((row) => row.contender === 'nginx' && row.curve === curve).growth;
      return verdict(
        `cost flat over the number of ${curve} (≤ × ${flat}, or no steeper than nginx)`,
        failed === 0 && (growth <= flat || growth <= theirs),
        `× ${growth.toFixed(2)} at worst; nginx × ${theirs.toFixed(2)}${failed > 0 ? `; ${failed} failed` : ''}`,
      );
    });
}
