import { axisX, dot, gridX, link, text } from '@observablehq/plot';
import type { Experiment, Run } from '../results/results.js';
import { figure } from '../rules/decision.js';
import { estimatedIn, runsOf } from '../rules/values-of-run.js';
import { meanInterval } from '../statistics/mean-interval.js';
import { chart } from './chart.js';
import { html, type Markup } from './markup.js';
import { armTitle } from './words.js';

const ROW = 34;

interface Shown {
  readonly measure: string;
  readonly title: string;
  readonly phase: 'before' | 'after';
}

const SHOWN: readonly Shown[] = [
  { measure: 'p50Ms', title: 'Half of the answers came within, ms', phase: 'before' },
  { measure: 'p99Ms', title: '99 of 100 answers came within, ms', phase: 'before' },
  { measure: 'cpuUs.servers', title: 'CPU of all servers per request, µs', phase: 'before' },
  { measure: 'recoveryMs', title: 'Until the last trouble after the disturbance, ms', phase: 'after' },
];

/** One dot per valid run, and the interval of their mean if there are two runs or more. */
export function distributions(experiment: Experiment, runs: readonly Run[]): Markup[] {
  return SHOWN.flatMap((shown) => {
    const rows = experiment.arms.flatMap((arm) => {
      const values = runsOf(experiment, runs, arm, shown.phase).flatMap((run) => {
        const value = run.valid ? estimatedIn(run, shown.measure) : undefined;
        return value === undefined ? [] : [value];
      });
      return values.length === 0 ? [] : [{ arm: armTitle(arm), values, interval: meanInterval(values) }];
    });
    const highest = Math.max(0, ...rows.flatMap(({ values }) => values));
    return highest === 0 ? [] : [drawn(shown, rows, highest)];
  });
}

type Row = { arm: string; values: number[]; interval: ReturnType<typeof meanInterval> };

function drawn({ title, phase }: Shown, rows: readonly Row[], highest: number): Markup {
  // The interval of a few runs may be far wider than the runs themselves: it is cut at the edge, as it would flatten the picture.
  const limit = highest * 1.6;
  const dots = rows.flatMap(({ arm, values }) => values.map((value) => ({ arm, value })));
  const intervals = rows.flatMap(({ arm, interval }) =>
    interval === undefined
      ? []
      : [{ arm, mean: interval.mean, low: Math.max(0, interval.low), high: Math.min(limit, interval.high) }],
  );
  const told = rows.map(({ arm, values, interval }) =>
    interval === undefined
      ? `${arm} ${values.map(figure).join(', ')}`
      : `${arm} ${figure(interval.mean)} (${figure(interval.low)} to ${figure(interval.high)})`,
  );
  const when = phase === 'before' ? 'while nothing is disturbed' : 'after the disturbance';
  return html`<figure class="distribution"><figcaption><b>${title}</b> <span class="muted">${when}</span></figcaption>
${chart(`${title}, ${when}: ${told.join('; ')}`, {
  height: rows.length * ROW + 40,
  ...{ marginTop: 8, marginLeft: 6, marginRight: 12, marginBottom: 26 },
  x: { domain: [0, limit], label: null },
  y: { type: 'point', domain: rows.map(({ arm }) => arm), axis: null, padding: 0.6 },
  marks: [
    gridX({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
    axisX({ ticks: 5, tickSize: 0 }),
    text(rows, { y: 'arm', text: 'arm', frameAnchor: 'left', textAnchor: 'start', dy: -12, fill: 'var(--muted)' }),
    link(intervals, {
      x1: 'low',
      x2: 'high',
      y: 'arm',
      stroke: 'var(--ink-chart)',
      strokeWidth: 2,
      strokeOpacity: 0.55,
    }),
    dot(dots, { x: 'value', y: 'arm', r: 3.5, fill: 'var(--ink-chart)', fillOpacity: 0.85 }),
    dot(intervals, { x: 'mean', y: 'arm', symbol: 'times', r: 4, stroke: 'var(--ink)', strokeWidth: 1.5 }),
  ],
})}</figure>`;
}
