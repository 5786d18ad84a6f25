import type { Experiment, Results } from '../results/results.js';
import { figure, percent } from '../rules/decision.js';
import { clopperPearson } from '../statistics/clopper-pearson.js';
import { html, type Markup, scrolling } from './markup.js';
import { calmValues, pooled } from './runs-of-experiment.js';

type Phase = 'before' | 'after';

/** An app that is not ours: a row for each arm with the losses of its users. */
export function appTable({ experiments: [experiment], runs }: Pick<Results, 'experiments' | 'runs'>): Markup {
  if (experiment === undefined) return html``;
  const kills = experiment.disturb.length > 0;
  const writes = runs.some(({ counted }) => (counted.writesLost?.of ?? 0) > 0);
  const columns: readonly (readonly [string, string, Phase])[] = [
    ['Logged out, all servers alive', 'loggedOut', 'before'],
    ...(kills ? [['Logged out, a server killed', 'loggedOut', 'after'] as const] : []),
    ...(writes ? [['Writes lost, all servers alive', 'writesLost', 'before'] as const] : []),
    ...(writes && kills ? [['Writes lost, a server killed', 'writesLost', 'after'] as const] : []),
  ];
  const rows = experiment.arms.map((arm) => {
    const run = runs.find((one) => one.arm === arm);
    return html`<tr><th scope="row">${run?.routing ?? arm}, ${run?.variant ?? 'not run'}</th>${columns.map(
      ([, measure, phase]) => html`<td class="number">${cell(experiment, runs, arm, measure, phase)}</td>`,
    )}<td class="number">${median(experiment, runs, arm)}</td></tr>`;
  });
  return scrolling(
    'What users lost',
    html`<table><thead><tr><th scope="col">Routing, variant</th>${columns.map(([title]) => html`<th scope="col">${title}</th>`)}<th scope="col">Median answer</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function cell(experiment: Experiment, runs: Results['runs'], arm: string, measure: string, phase: Phase): Markup {
  const count = pooled(experiment, runs, arm, measure, phase);
  if (count === undefined || count.of === 0) return html`<span class="muted">not measured</span>`;
  const { low, high } = clopperPearson(count.hit, count.of);
  const interval = html`<br><span class="muted">${percent(low)} to ${percent(high)}</span>`;
  const value = `${count.hit} of ${count.of}`;
  return html`${count.hit > 0 ? html`<strong class="bad">${value}</strong>` : value}${interval}`;
}

function median(experiment: Experiment, runs: Results['runs'], arm: string): string {
  const values = calmValues(experiment, runs, arm, 'p50Ms');
  if (values.length === 0) return '';
  const [low, high] = [figure(Math.min(...values)), figure(Math.max(...values))];
  return low === high ? `${low} ms` : `${low} to ${high} ms`;
}
