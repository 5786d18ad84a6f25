/**
 * Full load with random aborts, resets, slow readers, upgrades and a reload every half second, for some minutes: no
 * wrong body, nothing left open, memory flat.
 */

import { runClients } from './soak-clients.mjs';
import { startNode } from './start-node.mjs';

/** Shorter than the time after which an idle connection is closed anyway. */
const SETTLE_MS = 30_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const mean = (list) => list.reduce((sum, n) => sum + n, 0) / list.length;

export async function measure({ minutes }) {
  const destination = await startNode('soak-destination.mjs', {}, '0,1');
  const DESTINATIONS = JSON.stringify(destination.ports);
  const { child: proxy, port } = await startNode('soak-proxy.mjs', { DESTINATIONS }, '0,1', ['--expose-gc']);
  const status = () =>
    new Promise((resolve) => {
      proxy.once('message', resolve);
      proxy.send('status');
    });

  const counts = { checked: 0, wrong: 0, failed: 0, aborted: 0, tunnels: 0 };
  const memory = [];
  const endsAt = Date.now() + minutes * 60_000;
  const reloads = setInterval(() => proxy.send('reload'), 500);
  const everyMs = Math.max(1000, (minutes * 60_000) / 60);
  let saidAt = Date.now();
  const watch = setInterval(async () => {
    const now = await status();
    memory.push(now.rss);
    if (Date.now() - saidAt < 30_000) return;
    saidAt = Date.now();
    const left = Math.max(0, Math.round((endsAt - saidAt) / 1000));
    console.error(`  ${left} s left ${JSON.stringify({ ...counts, rssMb: Math.round(now.rss / 1e6) })}`);
  }, everyMs);
  await runClients({ port, clients: 48, endsAt, counts });
  clearInterval(reloads);
  clearInterval(watch);
  const end = await settle(status);
  // Half of the time is warm-up: code is compiled and pools fill.
  const settled = memory.slice(Math.floor(memory.length / 2));
  const half = Math.ceil(settled.length / 2);
  const growth = mean(settled.slice(-half)) / mean(settled.slice(0, half));
  const left = leftOpen(end);
  const { checked, wrong, failed, aborted, tunnels } = counts;
  return {
    counted: {
      bodiesWrong: { hit: wrong, of: checked },
      requestsFailed: { hit: failed, of: checked + failed },
      // Code is compiled and pools fill in the first half; what the second adds to is a leak.
      memoryGrown: { hit: growth > 1.15 ? 1 : 0, of: 1 },
      socketsLeft: { hit: Math.min(left, aborted + tunnels), of: aborted + tunnels },
    },
    estimated: { memoryGrowth: growth, residentMegabytes: end.rss / 1e6 },
  };
}

const leftOpen = ({ openConnections, inFlight, openTunnels }) => openConnections + inFlight + openTunnels;

/** What is still open when all clients have gone, once nothing is or half a minute has passed. */
async function settle(status) {
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    await pause(500);
    const end = await status();
    if (leftOpen(end) === 0 || Date.now() > until) return end;
  }
}
