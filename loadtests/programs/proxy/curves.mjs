/**
 * Whether the cost of a request grows with the number of destinations (3 to 300, each policy) or of open client
 * connections (1 to 10 000, of which at most 64 ask at a time). Ratios are to the first point that has 64 requests
 * under way, within the same round, so that a busy machine moves both.
 */
import { failedOf } from './cost.mjs';
import { startGenerator } from './generator.mjs';
import { median } from './median.mjs';
import { startDestinations, startNginxProxy } from './native.mjs';
import { startNode } from './start-node.mjs';

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

export async function measure({ part, policy, quick }) {
  const plan = { rounds: quick ? 2 : 3, durationMs: quick ? 1000 : 3000, warmUpMs: quick ? 2500 : 8000 };
  return part === 'destinations' ? byDestinations(policy, plan) : byConnections(plan);
}

async function byDestinations(policy, plan) {
  const counts = [3, 30, 100, 300];
  const { ports } = await startDestinations(loadCore, Math.max(...counts));
  const points = [];
  for (const count of counts) {
    const some = ports.slice(0, count);
    const env = { DESTINATIONS: JSON.stringify(some), POLICY: policy };
    points.push({ contender: 'nginx', count, ...(await startNginxProxy(some, proxyCore, nginxMethod[policy])) });
    points.push({ contender: 'holdfast', count, ...(await startNode('holdfast.mjs', env, proxyCore)) });
  }
  const job = ({ port }) => ({ port, connections: inFlight });
  return outcomeOf(counts, await measurePoints(points, job, plan), counts[0]);
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
  // One connection, and ten, leave the proxy idle between requests: each pays for its own wake-up, in every contender.
  return outcomeOf(counts, await measurePoints(points, job, plan), 100);
}

async function measurePoints(points, job, { rounds, durationMs, warmUpMs }) {
  const generator = startGenerator(loadCore);
  const samples = points.map((point) => ({ ...point, costs: [], outcomes: [] }));
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
      sample.outcomes.push(outcome);
    }
  }
  generator.stop();
  return samples;
}

function outcomeOf(counts, samples, base) {
  const estimated = {};
  for (const contender of ['nginx', 'holdfast']) {
    const own = (count) => samples.find((sample) => sample.contender === contender && sample.count === count).costs;
    for (const count of counts) estimated[`cpuMicrosAt${count}.${contender}`] = median(own(count));
    const growth = counts
      .filter((count) => count > base)
      .map((count) => median(own(count).map((cost, round) => cost / own(base)[round])));
    estimated[`growth.${contender}`] = Math.max(...growth);
  }
  estimated['growthTimesNginx.holdfast'] = estimated['growth.holdfast'] / estimated['growth.nginx'];
  const ours = samples.filter(({ contender }) => contender === 'holdfast');
  return { counted: { requestsFailed: failedOf(ours.flatMap(({ outcomes }) => outcomes)) }, estimated };
}
