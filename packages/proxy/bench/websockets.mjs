/** Tunnels side by side: memory per idle WebSocket (`--idle n`, default 5000) and CPU µs per echoed message. */
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuMicros, spawnOwned, startHaproxy, startNginxProxy } from './native.mjs';

const { values: options } = parseArgs({
  options: { idle: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const hear = (child) => new Promise((resolve) => child.once('message', resolve));

async function startNode(file, env = {}, core = '0') {
  const child = spawnOwned('taskset', ['-c', core, process.execPath, here(file)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  return { child, port: (await hear(child)).port, pids: () => [child.pid] };
}

function rssBytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

const destination = await startNode('contenders/echo-destination.mjs', {}, '1');
const DESTINATIONS = JSON.stringify([destination.port]);
const contenders = {
  nginx: () => startNginxProxy([destination.port], '0'),
  haproxy: () => startHaproxy([destination.port], '0'),
  holdfast: () => startNode('contenders/holdfast.mjs', { DESTINATIONS }),
  'http-proxy-3': () => startNode('contenders/peers.mjs', { DESTINATIONS, PEER: 'http-proxy-3' }),
};
const load = fork(here('websocket-load.mjs'), { execPath: 'taskset', execArgv: ['-c', '1', process.execPath] });
const job = async (message) => {
  const answer = hear(load);
  load.send(message);
  const outcome = await answer;
  if (outcome.error) throw new Error(outcome.error);
  return outcome;
};

const rows = Object.fromEntries(Object.keys(contenders).map((name) => [name, { contender: name, echo: [] }]));
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, start] of Object.entries(contenders)) {
    const { child, port, pids } = await start();
    await job({ what: 'open', port, count: 64 });
    await job({ what: 'echo', durationMs: 3000 });
    const before = cpuMicros(pids());
    const { messages } = await job({ what: 'echo', durationMs: 2000 });
    rows[name].echo.push((cpuMicros(pids()) - before) / messages);
    await job({ what: 'close' });
    if (round === 0) {
      const restingBytes = rssBytes(child.pid);
      await job({ what: 'open', port, count: Number(options.idle) });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      rows[name].idleBytes = (rssBytes(child.pid) - restingBytes) / Number(options.idle);
      await job({ what: 'close' });
    }
    child.kill('SIGKILL');
  }
}
console.log('                  CPU µs/message   KB per idle socket');
for (const row of Object.values(rows)) {
  row.cpuMicrosPerMessage = row.echo.sort((a, b) => a - b)[Math.floor(row.echo.length / 2)];
  console.log(
    `  ${row.contender.padEnd(16)} ${row.cpuMicrosPerMessage.toFixed(1).padStart(13)} ${(row.idleBytes / 1024).toFixed(1).padStart(20)}`,
  );
}
const folder = here('../../../loadtests/results/');
mkdirSync(folder, { recursive: true });
writeFileSync(
  `${folder}bench-proxy-websockets.json`,
  `${JSON.stringify({ at: new Date().toISOString(), rows: Object.values(rows) }, null, 2)}\n`,
);
load.kill();
process.exit(0);
