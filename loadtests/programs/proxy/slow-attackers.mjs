/**
 * Security check 38: a thousand clients that send heads and bodies byte by byte or read answers hardly at all, while others ask as
 * usual. Runs come in pairs, without and with the attack; the ratio of p99 is taken within a pair, its median over five pairs counts.
 */
import { fileURLToPath } from 'node:url';
import { failedOf } from './cost.mjs';
import { startGenerator } from './generator.mjs';
import { median } from './median.mjs';
import { cpuMicros, spawnOwned, startDestinations, startHaproxy, startNginxProxy } from './native.mjs';
import { startNode } from './start-node.mjs';

const PROXY_CORE = '0';
const LOAD_CORE = '1';
const SOCKETS = 1000;
const PAIRS = 5;
const SETTLE_MS = 15_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const request = 'GET /small HTTP/1.1\r\nHost: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n';

export async function measure({ quick }) {
  const durationMs = quick ? 1500 : 3000;
  const destinations = await startDestinations(LOAD_CORE);
  const DESTINATIONS = JSON.stringify(destinations.ports);
  const start = {
    holdfast: () => startNode('holdfast.mjs', { DESTINATIONS }, PROXY_CORE),
    nginx: () => startNginxProxy(destinations.ports, PROXY_CORE),
    haproxy: () => startHaproxy(destinations.ports, PROXY_CORE),
  };
  const generator = startGenerator(LOAD_CORE);
  const attackers = startAttackers();
  const estimated = {};
  const counted = {};
  for (const [contender, begin] of Object.entries(start)) {
    const { port, pids } = await begin();
    const ask = (ms) => generator.run({ connections: 16, request, port, durationMs: ms });
    await ask(quick ? 2000 : 5000);
    const pairs = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const calm = await ask(durationMs);
      await attackers.begin(port);
      // What counts is how it is to live with slow clients, not that a thousand came at once and were given what they asked for.
      await quiet(pids);
      const attacked = await ask(durationMs);
      await attackers.stop();
      pairs.push({ calm, attacked });
    }
    const ratios = (key) => pairs.map(({ calm, attacked }) => attacked[key] / calm[key]);
    estimated[`p99MsCalm.${contender}`] = median(pairs.map(({ calm }) => calm.p99Ms));
    estimated[`p99MsAttacked.${contender}`] = median(pairs.map(({ attacked }) => attacked.p99Ms));
    estimated[`p99TimesCalm.${contender}`] = median(ratios('p99Ms'));
    estimated[`p50TimesCalm.${contender}`] = median(ratios('p50Ms'));
    if (contender === 'holdfast')
      counted.requestsFailed = failedOf(pairs.flatMap(({ calm, attacked }) => [calm, attacked]));
  }
  return { counted, estimated };
}

/** Waits until the proxy is busy for less than a fifth of the time. */
async function quiet(pids) {
  for (let waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += 500) {
    const before = cpuMicros(pids());
    await pause(500);
    if (cpuMicros(pids()) - before < 100_000) return;
  }
}

function startAttackers() {
  const file = fileURLToPath(new URL('slow-clients-process.mjs', import.meta.url));
  const child = spawnOwned('taskset', ['-c', LOAD_CORE, process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const told = (what) =>
    new Promise((resolve) => {
      const hear = (message) => {
        if (message !== what) return;
        child.off('message', hear);
        resolve();
      };
      child.on('message', hear);
    });
  return {
    begin: (port) => {
      child.send({ port, sockets: SOCKETS });
      return told('attacking');
    },
    stop: () => {
      child.send('stop');
      return told('stopped');
    },
  };
}
