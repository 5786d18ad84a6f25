import { axisX, gridY, lineY, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import type { Run } from '../results/results.js';
import { chart } from './chart.js';
import { html, type Markup } from './markup.js';
import { sumBySecond, wholeRuns } from './runs-of-experiment.js';
import { armTitle, disturbanceTitle, plural } from './words.js';

const HEIGHT = 170;

/** Requests, errors and losses of an arm, second by second: a line per run, bars for the errors and losses of all of them. */
export function timeline(runs: readonly Run[], experiment: string, arm: string): Markup | undefined {
  const whole = wholeRuns(runs, experiment, arm);
  const requests = whole.flatMap(({ block, perSecond }) =>
    perSecond.requests.map((value, second) => ({ block, second: second + 0.5, value })),
  );
  if (requests.length === 0) return undefined;
  const errors = sumBySecond(whole.map(({ perSecond }) => perSecond.errors));
  const losses = sumBySecond(whole.map(({ perSecond }) => perSecond.losses));
  const marks = disturbancesOf(whole.flatMap(({ entries }) => entries));
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const label = `${armTitle(arm)}: requests each second of ${plural(whole.length, 'run')}; ${total(errors)} errors and ${total(losses)} losses in all. ${marks.map(({ title, at }) => `${title} at ${at} seconds`).join('; ')}`;
  return html`<figure class="timeline"><figcaption><b>${armTitle(arm)}</b> <span class="muted">${total(errors)} errors, ${total(losses)} losses</span></figcaption>
${chart(label, {
  height: HEIGHT,
  ...{ marginTop: 24, marginLeft: 34, marginRight: 8, marginBottom: 34 },
  x: { label: null },
  y: { label: null, ticks: 3, zero: true, nice: true },
  marks: [
    gridY({ ticks: 3, stroke: 'var(--line)', strokeOpacity: 1 }),
    axisX({ label: 'seconds since the users began', labelAnchor: 'right', labelArrow: 'none', ticks: 6, tickSize: 0 }),
    lineY(requests, { x: 'second', y: 'value', z: 'block', stroke: 'var(--ink-chart)', strokeWidth: 1.5 }),
    rectY(bars(losses), { x1: 'from', x2: 'middle', y: 'value', fill: 'var(--bad)', insetRight: 1 }),
    rectY(bars(errors), { x1: 'middle', x2: 'to', y: 'value', fill: 'var(--unknown)', insetLeft: 1 }),
    ruleX(marks, { x: 'at', stroke: 'var(--ink)', strokeDasharray: '3 3' }),
    text(marks, {
      ...{ x: 'at', text: 'title', frameAnchor: 'top', dy: -16, fill: 'var(--ink)' },
      textAnchor: marks.some(({ at }) => at * 2 > requests.length / whole.length) ? 'end' : 'start',
    }),
    ruleY([0], { stroke: 'var(--line-strong)' }),
  ],
})}</figure>`;
}

function bars(values: readonly number[]) {
  return values.flatMap((value, from) => (value === 0 ? [] : [{ from, middle: from + 0.5, to: from + 1, value }]));
}

/** Each disturbance once, at the second of the first run that has it; blocks that take the servers in turn share a mark. */
function disturbancesOf(runs: readonly Run[]): { title: string; at: number }[] {
  const found: { id: string; targets: string[]; at: number }[] = [];
  for (const { id, target, atSeconds } of runs.flatMap(({ disturbances }) => disturbances)) {
    const same = found.find((one) => one.id === id && Math.abs(one.at - atSeconds) < 1);
    if (same === undefined) found.push({ id, targets: [target], at: Math.round(atSeconds * 10) / 10 });
    else if (!same.targets.includes(target)) same.targets.push(target);
  }
  return found.map(({ id, targets, at }) => ({ title: disturbanceTitle(id, targets.join(', ')), at }));
}
