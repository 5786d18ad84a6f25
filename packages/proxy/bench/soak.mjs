/**
 * Full load with random aborts, resets, slow readers, upgrades and a reload every half second, for `--minutes` (10 with
 * `--full`, else 1, `--quick` a third of one): no wrong body, nothing left open, memory flat.
 */
import { startNode } from './contenders/start-node.mjs';
import { runClients } from './soak-clients.mjs';
import { printTable, verdict } from './verdict.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const mean = (list) => list.reduce((sum, n) => sum + n, 0) / list.length;

export async function measure(options) {
  const minutes = Number(options.minutes ?? (options.full ? 10 : options.quick ? 1 / 3 : 1));
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
    console.log(`  ${left} s left ${JSON.stringify({ ...counts, rssMb: Math.round(now.rss / 1e6) })}`);
  }, everyMs);
  await runClients({ port, clients: 48, endsAt, counts });
  clearInterval(reloads);
  clearInterval(watch);
  await pause(2500);
  const end = await status();
  // Half of the time is warm-up: code is compiled and pools fill.
  const settled = memory.slice(Math.floor(memory.length / 2));
  const half = Math.ceil(settled.length / 2);
  const growth = mean(settled.slice(-half)) / mean(settled.slice(0, half));
  const left = end.openConnections + end.inFlight + end.openTunnels;
  const row = { minutes, ...counts, 'left open': left, 'memory ×': growth, 'RSS MB': end.rss / 1e6 };
  printTable('48 clients', [row]);
  return {
    rows: [row],
    end,
    verdicts: [
      verdict(`${row.minutes.toFixed(1)} minutes: 0 wrong bodies`, counts.wrong === 0, `of ${counts.checked}`),
      verdict('0 requests failed', counts.failed === 0, `${counts.failed} failed`),
      verdict('0 leaked sockets', left === 0, `${left} left open`),
      verdict('memory flat (growth ≤ 15 %)', growth <= 1.15, `× ${growth.toFixed(2)}`),
    ],
  };
}
