/**
 * Proxies side by side: every contender in one run, pre-warmed, measured in interleaved rounds, medians. The figure is
 * CPU µs per request of the proxy process (user + system, /proc/<pid>/stat), which other load on the machine hardly
 * moves. `--quick`, `--rounds n`, `--only a,b`, `--cases a,b`. Writes loadtests/results/bench-proxy.json.
 */
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuMicros, spawnOwned, startDestinations, startHaproxy, startNginxProxy } from './native.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    cases: { type: 'string' },
  },
  allowPositionals: true,
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));
const durationMs = Number(options.seconds ?? (options.quick ? 1.5 : 3)) * 1000;
const warmUpMs = options.quick ? 4000 : 10_000;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const proxyCore = '0';
const loadCore = '1';

const head =
  'Host: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\n';
const cookie = 'Cookie: session=abcdefghijklmnopqrstuvwxyz; aff=%AFF%\r\n';
const cases = {
  'GET small': { connections: 64, request: `GET /small HTTP/1.1\r\n${head}\r\n` },
  'POST 1 KB': {
    connections: 64,
    request: `POST /post HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`,
  },
  'GET 64 KB': { connections: 64, checkBytes: 65_536, request: `GET /large HTTP/1.1\r\n${head}\r\n` },
  'affinity cookie': { connections: 64, variant: 'affinity', request: `GET /small HTTP/1.1\r\n${head}${cookie}\r\n` },
  'all features': { connections: 64, variant: 'all', request: `GET /small HTTP/1.1\r\n${head}${cookie}\r\n` },
  'one connection': { connections: 1, request: `GET /small HTTP/1.1\r\n${head}\r\n` },
};

function startNode(file, env) {
  return new Promise((resolve, reject) => {
    const child = spawnOwned('taskset', ['-c', proxyCore, process.execPath, here(file)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    });
    child.once('message', ({ port }) => resolve({ child, port, pids: () => [child.pid] }));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

const destinations = await startDestinations(loadCore);
const ports = JSON.stringify(destinations.ports);
const contenders = {
  nginx: () => startNginxProxy(destinations.ports, proxyCore),
  haproxy: () => startHaproxy(destinations.ports, proxyCore),
  holdfast: () => startNode('contenders/holdfast.mjs', { DESTINATIONS: ports }),
  'fast-proxy': () => startNode('contenders/peers.mjs', { DESTINATIONS: ports, PEER: 'fast-proxy' }),
  'http-proxy': () => startNode('contenders/peers.mjs', { DESTINATIONS: ports, PEER: 'http-proxy' }),
  'http-proxy-3': () => startNode('contenders/peers.mjs', { DESTINATIONS: ports, PEER: 'http-proxy-3' }),
  'http-proxy-middleware': () =>
    startNode('contenders/peers.mjs', { DESTINATIONS: ports, PEER: 'http-proxy-middleware' }),
};
const wanted = options.only?.split(',');
const running = {};
for (const [name, start] of Object.entries(contenders)) {
  if (wanted === undefined || wanted.includes(name) || name === 'nginx') running[name] = await start();
}
const holdfastVariants = {};
for (const variant of ['affinity', 'all']) {
  holdfastVariants[variant] = await startNode('contenders/holdfast.mjs', { DESTINATIONS: ports, FEATURES: variant });
}

const generator = fork(here('load-generator.mjs'), {
  execPath: 'taskset',
  execArgv: ['-c', loadCore, process.execPath],
});
const load = (job) =>
  new Promise((resolve) => {
    generator.once('message', resolve);
    generator.send(job);
  });

const chosenCases = Object.entries(cases).filter(
  ([name]) => options.cases === undefined || options.cases.split(',').includes(name),
);
const results = [];
try {
  for (const [caseName, { variant, ...job }] of chosenCases) {
    const field = {};
    for (const [name, contender] of Object.entries(running)) {
      field[name] = name === 'holdfast' && variant ? holdfastVariants[variant] : contender;
    }
    const affinity = await affinityCookie(field.holdfast);
    const request = job.request.replace('%AFF%', affinity);
    const samples = Object.fromEntries(Object.keys(field).map((name) => [name, []]));
    for (const name of Object.keys(field)) {
      await load({
        ...job,
        request,
        port: field[name].port,
        durationMs: name === 'nginx' || name === 'haproxy' ? 500 : warmUpMs,
      });
    }
    for (let round = 0; round < rounds; round++) {
      for (const [name, contender] of Object.entries(field)) {
        const before = cpuMicros(contender.pids());
        const outcome = await load({ ...job, request, port: contender.port, durationMs });
        const cpu = cpuMicros(contender.pids()) - before;
        samples[name].push({
          ...outcome,
          cpuMicrosPerRequest: cpu / outcome.requests,
          perSecond: (outcome.requests * 1000) / durationMs,
        });
      }
    }
    const rows = Object.entries(samples).map(([name, list]) => ({
      case: caseName,
      contender: name,
      cpuMicrosPerRequest: median(list.map((s) => s.cpuMicrosPerRequest)),
      requestsPerSecond: median(list.map((s) => s.perSecond)),
      p50Ms: median(list.map((s) => s.p50Ms)),
      p99Ms: median(list.map((s) => s.p99Ms)),
      failures: list.reduce((sum, s) => sum + s.failures, 0),
    }));
    const nginx = rows.find((row) => row.contender === 'nginx');
    for (const row of rows) row.ratioToNginx = nginx ? row.cpuMicrosPerRequest / nginx.cpuMicrosPerRequest : null;
    results.push(...rows);
    print(caseName, rows);
  }
} finally {
  generator.kill();
}
const folder = here('../../../loadtests/results/');
mkdirSync(folder, { recursive: true });
const file = `${folder}bench-proxy.json`;
writeFileSync(
  file,
  `${JSON.stringify({ at: new Date().toISOString(), node: process.version, rounds, durationMs, results }, null, 2)}\n`,
);
console.log(`\nwritten to loadtests/results/bench-proxy.json`);
process.exit(0);

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function print(caseName, rows) {
  console.log(`\n${caseName.padEnd(24)} CPU µs/req   × nginx     req/s   p50 ms   p99 ms  failed`);
  for (const row of rows) {
    console.log(
      `  ${row.contender.padEnd(22)} ${row.cpuMicrosPerRequest.toFixed(1).padStart(10)} ${(row.ratioToNginx ?? 0).toFixed(2).padStart(9)} ` +
        `${row.requestsPerSecond.toFixed(0).padStart(9)} ${row.p50Ms.toFixed(2).padStart(8)} ${row.p99Ms.toFixed(2).padStart(8)} ${String(row.failures).padStart(7)}`,
    );
  }
}

async function affinityCookie(contender) {
  if (contender === undefined) return 'none';
  const answer = await fetch(`http://127.0.0.1:${contender.port}/small`);
  await answer.text();
  return answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? 'none';
}
