/**
 * F19: three times as many requests as the destinations can serve, open loop, clients that give up after a second.
 * Goodput counts answers of 200 within half a second; its peak is what the same destinations serve when asked for 90 %
 * of their capacity. Contenders with limits get the same ones; ours also runs with its defaults.
 */
import { startHaproxy } from './faults/haproxy.mjs';
import { startHoldfast } from './faults/holdfast.mjs';
import { now, pause, startLoad } from './faults/load.mjs';
import { startNginx } from './faults/nginx.mjs';
import { startReplicas } from './faults/replica.mjs';
import { stopOwned } from './native.mjs';
import { printTable, verdict } from './verdict.mjs';

const slots = 8;
const delayMs = 20;
/** What three destinations of so many slots serve at most; timers are late, so somewhat less in practice. */
const capacity = (3 * slots * 1000) / delayMs;
const goodWithinMs = 500;
const patienceMs = 1000;
const limits = { limit: slots, maxQueued: 32, queueMs: 250 };
const contenders = {
  holdfast: (settings) => startHoldfast({ ...settings, ...limits }),
  'holdfast, default limits': startHoldfast,
  'nginx, max_conns': (settings) => startNginx({ ...settings, ...limits }),
  'nginx, no limit': startNginx,
  'haproxy, maxconn': (settings) => startHaproxy({ ...settings, ...limits }),
};

export async function measure(options) {
  const rows = [];
  const durationMs = options.quick ? 4000 : 10_000;
  for (const [contender, start] of Object.entries(contenders)) {
    if (options.contenders?.some((name) => contender.startsWith(name)) === false) continue;
    const peak = await offer(start, 0.9 * capacity, durationMs);
    const over = await offer(start, 3 * capacity, durationMs);
    rows.push({ contender, peak: peak.goodput, over });
    stopOwned();
  }
  const shown = rows.map(({ contender, peak, over }) => ({
    contender,
    'peak/s': Math.round(peak),
    'goodput/s at 3 ×': Math.round(over.goodput),
    'of peak': over.goodput / peak,
    'offered/s': Math.round(over.offered),
    'p99 ms of 200': over.p99Ms,
    refused: over.refused,
    'refusal p50 ms': over.refusalMs,
    'gave up': over.gaveUp,
  }));
  printTable(
    `F19  three destinations of ${slots} slots, ${delayMs} ms each; 3 × their capacity of ${capacity}/s`,
    shown,
  );
  return { rows: shown, verdicts: judge(shown) };
}

/** The default limits protect the proxy, not the app: they are shown, and no goal. */
function judge(rows) {
  const ours = rows.find(({ contender }) => contender === 'holdfast');
  if (ours === undefined) return [];
  const share = ours['of peak'];
  const early = ours['refusal p50 ms'];
  const shed = `${ours.refused} refused, half of them within ${early?.toFixed(1)} ms; ${ours['gave up']} clients gave up`;
  return [
    verdict('F19: goodput ≥ 80 % of its peak', share >= 0.8, `${(share * 100).toFixed(0)} % of ${ours['peak/s']}/s`),
    verdict('F19: shed early', ours.refused > 0 && early < 50, shed),
  ];
}

async function offer(start, perSecond, durationMs) {
  const three = await startReplicas(3);
  for (const replica of three.replicas) replica.behave({ slots, delayMs });
  const proxy = await start({ destinations: three.replicas });
  await pause(700);
  const load = startLoad({ port: proxy.port, perSecond, postShare: 0, timeoutMs: patienceMs });
  // The first seconds warm up; under overload they also let the lines fill.
  await pause(durationMs / 3);
  const from = now();
  await pause(durationMs);
  const to = now();
  const seen = await load.end();
  await proxy.stop();
  await three.stop();
  const { startedAt, endedAt, status } = seen.records;
  const good = [];
  const refusals = [];
  let offered = 0;
  let gaveUp = 0;
  for (let i = 0; i < seen.total; i++) {
    if (startedAt[i] < from || startedAt[i] >= to) continue;
    offered++;
    const tookMs = endedAt[i] - startedAt[i];
    if (status[i] === 200) good.push(tookMs);
    else if (status[i] >= 500) refusals.push(tookMs);
    else gaveUp++;
  }
  good.sort((a, b) => a - b);
  refusals.sort((a, b) => a - b);
  const seconds = (to - from) / 1000;
  return {
    offered: offered / seconds,
    goodput: good.filter((ms) => ms <= goodWithinMs).length / seconds,
    p99Ms: good[Math.floor(good.length * 0.99)] ?? null,
    refused: refusals.length,
    refusalMs: refusals[refusals.length >> 1] ?? null,
    gaveUp,
  };
}
