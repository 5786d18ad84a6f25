/** Tunnels side by side: memory per idle WebSocket (5000) and CPU µs per echoed message. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';
import { cpuMicros, spawnOwned, startHaproxy, startNginxProxy } from './native.mjs';
import { startNode } from './start-node.mjs';

export async function measure({ quick, idle = quick ? 1000 : 5000 }) {
  const rounds = quick ? 1 : 3;
  const warmUpMs = quick ? 1500 : 3000;
  const destination = await startNode('echo-destination.mjs', {}, '1');
  const DESTINATIONS = JSON.stringify([destination.port]);
  const contenders = {
    nginx: () => startNginxProxy([destination.port], '0'),
    haproxy: () => startHaproxy([destination.port], '0'),
    holdfast: () => startNode('holdfast.mjs', { DESTINATIONS }),
    'http-proxy-3': () => startNode('peers.mjs', { DESTINATIONS, PEER: 'http-proxy-3' }),
  };
  const load = startLoad();
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, { echo: [], idleBytes: 0 }]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(contenders)) {
      const { child, port, pids } = await start();
      await load({ what: 'open', port, count: 64 });
      await load({ what: 'echo', durationMs: warmUpMs });
      const before = cpuMicros(pids());
      const { messages } = await load({ what: 'echo', durationMs: 2000 });
      samples[name].echo.push((cpuMicros(pids()) - before) / messages);
      await load({ what: 'close' });
      if (round === 0) {
        const restingBytes = rssBytes(child.pid);
        await load({ what: 'open', port, count: idle });
        await new Promise((resolve) => setTimeout(resolve, 1500));
        samples[name].idleBytes = (rssBytes(child.pid) - restingBytes) / idle;
        await load({ what: 'close' });
      }
      child.kill('SIGKILL');
    }
  }
  const estimated = {};
  for (const [contender, { echo, idleBytes }] of Object.entries(samples)) {
    estimated[`cpuMicros.${contender}`] = median(echo);
    estimated[`kilobytesIdle.${contender}`] = idleBytes / 1024;
    if (contender === 'nginx') continue;
    estimated[`timesNginx.${contender}`] = median(echo.map((cost, round) => cost / samples.nginx.echo[round]));
  }
  const peer = samples['http-proxy-3'].echo;
  estimated['timesBestPeer.holdfast'] = median(samples.holdfast.echo.map((cost, round) => cost / peer[round]));
  return { counted: {}, estimated };
}

function rssBytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** The process that opens tunnels and talks over them; each call is one job for it. */
function startLoad() {
  const file = fileURLToPath(new URL('websocket-load.mjs', import.meta.url));
  const child = spawnOwned('taskset', ['-c', '1', process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return async (message) => {
    const outcome = await new Promise((resolve) => {
      child.once('message', resolve);
      child.send(message);
    });
    if (outcome.error) throw new Error(outcome.error);
    return outcome;
  };
}
