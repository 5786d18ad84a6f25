/**
 * CPU µs per request of every contender (user + system of the proxy process, which other load on the machine hardly
 * moves) and latencies: pre-warmed, interleaved rounds, medians. Ratios to nginx are taken within each round.
 */
import { startNode } from './contenders/start-node.mjs';
import { startGenerator } from './generator.mjs';
import { startDestinations, startHaproxy, startNginxProxy } from './native.mjs';
import { median, printTable, verdict } from './verdict.mjs';

const proxyCore = '0';
const loadCore = '1';
const head =
  'Host: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\n';
const cookie = 'Cookie: session=abcdefghijklmnopqrstuvwxyz; aff=%AFF%\r\n';
const small = `GET /small HTTP/1.1\r\n${head}\r\n`;
const smallWithCookie = `GET /small HTTP/1.1\r\n${head}${cookie}\r\n`;
const post = `POST /post HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 1024\r\n\r\n`;
/** What is asked; `variant` names the features of ours that a case turns on. */
export const cases = {
  'GET small': { connections: 64, request: small },
  'POST 1 KB': { connections: 64, request: `${post}${'x'.repeat(1024)}` },
  'GET 64 KB': { connections: 64, checkBytes: 65_536, request: `GET /large HTTP/1.1\r\n${head}\r\n` },
  'affinity cookie': { connections: 64, variant: 'affinity', request: smallWithCookie },
  'first visit': { connections: 64, variant: 'affinity', request: small },
  'all features': { connections: 64, variant: 'all', request: smallWithCookie },
  'one connection': { connections: 1, request: small },
};
const peers = ['fast-proxy', 'http-proxy', 'http-proxy-3', 'http-proxy-middleware'];

export async function measure(options) {
  const plan = {
    rounds: options.rounds ?? (options.quick ? 3 : 5),
    durationMs: Number(options.seconds ?? (options.quick ? 1.5 : 3)) * 1000,
    warmUpMs: options.quick ? 4000 : 10_000,
  };
  const destinations = await startDestinations(loadCore);
  const DESTINATIONS = JSON.stringify(destinations.ports);
  const start = {
    nginx: () => startNginxProxy(destinations.ports, proxyCore),
    haproxy: () => startHaproxy(destinations.ports, proxyCore),
    holdfast: () => startNode('holdfast.mjs', { DESTINATIONS }, proxyCore),
  };
  for (const PEER of peers) start[PEER] = () => startNode('peers.mjs', { DESTINATIONS, PEER }, proxyCore);
  const running = {};
  for (const [name, begin] of Object.entries(start)) {
    if (name === 'nginx' || (options.contenders?.includes(name) ?? true)) running[name] = await begin();
  }
  const variants = {};
  for (const FEATURES of ['affinity', 'all']) {
    variants[FEATURES] = await startNode('holdfast.mjs', { DESTINATIONS, FEATURES }, proxyCore);
  }
  const generator = startGenerator(loadCore);
  const rows = [];
  for (const [name, job] of Object.entries(cases)) {
    if (options.cases?.includes(name) === false) continue;
    const field = { ...running };
    if (job.variant && field.holdfast) field.holdfast = variants[job.variant];
    const measured = await measureCase(name, job, field, generator, plan);
    printTable(name, measured);
    rows.push(...measured);
  }
  return { ...plan, rows, verdicts: judge(rows) };
}

async function measureCase(name, job, field, generator, { rounds, durationMs, warmUpMs }) {
  const request = job.request.replace('%AFF%', await affinityCookie(field.holdfast));
  const samples = Object.fromEntries(Object.keys(field).map((contender) => [contender, []]));
  for (const [contender, { port }] of Object.entries(field)) {
    const native = contender === 'nginx' || contender === 'haproxy';
    await generator.run({ ...job, request, port, durationMs: native ? 500 : warmUpMs });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [contender, { port, pids }] of Object.entries(field)) {
      samples[contender].push(await generator.run({ ...job, request, port, durationMs }, pids()));
    }
  }
  const ratio = (list, key) => median(list.map((sample, round) => sample[key] / samples.nginx[round][key]));
  return Object.entries(samples).map(([contender, list]) => ({
    case: name,
    contender,
    'CPU µs/req': median(list.map((s) => s.cpuMicrosPerRequest)),
    '× nginx': ratio(list, 'cpuMicrosPerRequest'),
    'req/s': Math.round(median(list.map((s) => s.perSecond))),
    'p50 ms': median(list.map((s) => s.p50Ms)),
    'p99 ms': median(list.map((s) => s.p99Ms)),
    'p99 × nginx': ratio(list, 'p99Ms'),
    failed: list.reduce((sum, s) => sum + s.failures, 0),
  }));
}

function judge(rows) {
  const verdicts = [];
  for (const ours of rows.filter(({ contender }) => contender === 'holdfast')) {
    const field = rows.filter((row) => row.case === ours.case);
    const name = ours.case;
    verdicts.push(verdict(`${name}: CPU ≤ 1.5 × nginx`, ours['× nginx'] <= 1.5, `${ours['× nginx'].toFixed(2)} ×`));
    if (name === 'one connection') {
      // Where nginx itself is late, the machine is busy and says nothing about us.
      const theirs = field.find(({ contender }) => contender === 'nginx')['p99 ms'];
      const holds = ours['p99 ms'] <= 0.5 || (theirs > 0.5 ? null : false);
      const measured = `${ours['p99 ms'].toFixed(2)} ms; nginx ${theirs.toFixed(2)} ms`;
      verdicts.push(verdict(`${name}: p99 ≤ 0.5 ms`, holds, measured));
      continue;
    }
    const p99 = ours['p99 × nginx'];
    verdicts.push(verdict(`${name}: p99 ≤ 1.5 × nginx's at 64 connections`, p99 <= 1.5, `${p99.toFixed(2)} ×`));
    const best = Math.min(
      ...field.filter(({ contender }) => peers.includes(contender)).map((row) => row['CPU µs/req']),
    );
    if (!Number.isFinite(best)) continue;
    const share = ours['CPU µs/req'] / best;
    verdicts.push(verdict(`${name}: CPU ≤ 1/4 of the best Node peer`, share <= 0.25, `${share.toFixed(2)} of it`));
  }
  const failed = rows.filter(({ contender }) => contender === 'holdfast').reduce((sum, row) => sum + row.failed, 0);
  verdicts.push(verdict('no request of ours failed', failed === 0, `${failed} failed`));
  return verdicts;
}

async function affinityCookie(contender) {
  if (contender === undefined) return 'none';
  const answer = await fetch(`http://127.0.0.1:${contender.port}/small`);
  await answer.text();
  return answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? 'none';
}
