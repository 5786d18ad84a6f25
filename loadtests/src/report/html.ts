import type { Results, Run } from '../ledger/results.js';
import { type Bar, barChart, escapeHtml } from './bars.js';
import { word } from './markdown.js';
import { columns, tableRows } from './table.js';

const style = `
:root{color-scheme:light dark;--page:#fbfaf7;--ink:#1d2430;--quiet:#667085;--line:#e3e0d8;--track:#efece4;--loss:#c8402f;--good:#2f8f5b;--neutral:#3d6fb4}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--ink:#e8e6e1;--quiet:#98a1b0;--line:#2b313b;--track:#222831;--loss:#ec6a55;--good:#53b883;--neutral:#6f9fe0}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:68rem;margin:0 auto;padding:3rem 1.5rem 5rem}
h1{font-size:2.2rem;line-height:1.15;margin:0 0 .5rem}h2{margin:3rem 0 1rem;font-size:1.3rem}
.quiet{color:var(--quiet)}
.verdicts{list-style:none;padding:0;display:grid;gap:.75rem}
.verdicts li{border-left:4px solid var(--neutral);padding:.25rem 0 .25rem 1rem}
.verdicts .true{border-color:var(--good)}.verdicts .false{border-color:var(--loss)}
.verdicts small{display:block;color:var(--quiet)}
figure{margin:0 0 2rem}figcaption{font-weight:600;margin-bottom:.5rem}
svg{width:100%;height:auto;font-size:14px;fill:var(--ink)}
.track{fill:var(--track)}.loss{fill:var(--loss)}.good{fill:var(--good)}.neutral{fill:var(--neutral)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.45rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child,th:nth-child(2),td:nth-child(2){text-align:left}
`;

/** `report.html`: one self-contained page with the verdict, pictures and the table. */
export function htmlReport(results: Results): string {
  const { runs, machine } = results;
  const verdicts = results.verdicts.map(
    (verdict) =>
      `<li class="${verdict.holds}"><b>${word(verdict)}</b> ${escapeHtml(verdict.claim)}<small>${escapeHtml(verdict.because)}</small></li>`,
  );
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Holdfast: where should session state live?</title><style>${style}</style></head><body><main>
<h1>Where should session state live?</h1>
<p class="quiet">${escapeHtml(results.startedAt)}, seed ${results.seed}. k6 ${escapeHtml(machine.k6)}, ${machine.cores} cores, Node ${escapeHtml(machine.node)}, Redis ${escapeHtml(machine.redis)}.</p>
<ul class="verdicts">${verdicts.join('')}</ul>
<h2>What was lost</h2>
${barChart(
  'Users who lost their login',
  runs.map((run) => lossBar(run, run.loggedOut, run.users)),
  1,
)}
${barChart(
  'Acknowledged todos that a later answer denied',
  runs.map((run) => lossBar(run, run.todosLost, run.todosAcknowledged)),
  1,
)}
<h2>What it cost</h2>
${barChart(
  '95th percentile of the answer time',
  runs.map((run) => ({ label: title(run), value: run.p95Ms, text: `${run.p95Ms.toFixed(1)} ms`, tone: 'neutral' })),
)}
<h2>Who served it</h2>
${runs
  .filter((run) => run.fault === 'none' && run.repeat === 1)
  .map(shareChart)
  .join('')}
<h2>Everything</h2>
<div class="scroll"><table><thead>${cells('th', columns)}</thead><tbody>${tableRows(runs)
    .map((row) => cells('td', row))
    .join('')}</tbody></table></div>
<p class="quiet">Times leave out the requests that hash a password. All processes share one machine: compare the rows with each other.</p>
</main></body></html>
`;
}

function lossBar(run: Run, lost: number, of: number): Bar {
  const value = of === 0 ? 0 : lost / of;
  return { label: title(run), value, text: `${lost} of ${of}`, tone: lost > 0 ? 'loss' : 'good' };
}

function shareChart(run: Run): string {
  const bars = Object.entries(run.share).map(([id, share]): Bar => {
    return { label: id, value: share, text: `${(share * 100).toFixed(1)} %`, tone: 'neutral' };
  });
  return barChart(run.scenario, bars);
}

function title(run: Run): string {
  const fault = run.fault === 'none' ? '' : ` · ${run.fault}`;
  return `${run.scenario}${fault}${run.repeat > 1 ? ` · ${run.repeat}` : ''}`;
}
