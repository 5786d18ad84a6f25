import type { Experiment, Results } from '../results/results.js';
import { figure, percent } from '../rules/decision.js';
import { growthOptions } from '../runners/growth.js';
import { clopperPearson } from '../statistics/clopper-pearson.js';
import { meanInterval } from '../statistics/mean-interval.js';
import { html, type Markup, scrolling } from './markup.js';
import { calmValues, pooled } from './runs-of-experiment.js';
import { anchorOf, armTitle } from './words.js';

interface Column {
  readonly title: string;
  /** Arms of this column; the first one with a measurement is shown. */
  readonly arms: readonly string[];
  /** Arms that keep their sessions in the same place; their routing is another one, which a count of what fits does not depend on. */
  readonly sameStore?: readonly string[];
}

export const COLUMNS: readonly Column[] = [
  { title: 'Local memory', arms: ['round-robin-local'], sameStore: ['sticky-cookie-local'] },
  { title: 'Sticky', arms: ['sticky-cookie-local', 'ip-hash-local'] },
  { title: 'Distributed store', arms: ['round-robin-connect-redis', 'round-robin-shared'] },
  { title: 'Near cache', arms: ['round-robin-cached'] },
  { title: 'Sticky + shared', arms: ['sticky-cookie-cached'], sameStore: ['round-robin-cached'] },
];

export interface Cell {
  readonly figure: string;
  readonly interval: string;
  readonly word: string;
  readonly experiment: string;
  readonly arm: string;
}

type Read = (experiment: Experiment, arm: string) => Omit<Cell, 'experiment' | 'arm'> | undefined;

/** The usual table of adjectives, with a measurement in each cell: a row for each quality, a cell for each of COLUMNS. */
export function classicRows({
  experiments,
  runs,
}: Pick<Results, 'experiments' | 'runs'>): { readonly title: string; readonly cells: readonly (Cell | undefined)[] }[] {
  const crash: Read = (experiment, arm) => {
    if (!experiment.disturb.some((disturbance) => 'kill' in disturbance)) return undefined;
    const lost = pooled(experiment, runs, arm, 'loggedOut', 'after');
    if (lost === undefined || lost.of === 0) return undefined;
    const { low, high } = clopperPearson(lost.hit, lost.of);
    const bound = pooled(experiment, runs, arm, 'loggedOut.bound', 'after');
    const unbound = pooled(experiment, runs, arm, 'loggedOut.unbound', 'after');
    const early = pooled(experiment, runs, arm, 'loggedOut', 'before');
    const isBoundOnly = bound !== undefined && bound.of > 0 && bound.hit === bound.of && unbound?.hit === 0;
    const word =
      lost.hit === 0
        ? 'nobody is logged out'
        : lost.hit === lost.of
          ? 'everyone is logged out'
          : isBoundOnly
            ? 'exactly the users of the killed server are logged out'
            : 'users are logged out';
    return {
      figure: `${lost.hit} of ${lost.of} users`,
      interval: `${percent(low)} to ${percent(high)}, ${lost.runs} ${lost.runs === 1 ? 'kill' : 'kills'}`,
      word:
        early === undefined || early.hit === 0
          ? word
          : `${early.hit} of ${early.of} already before the crash, then ${word}`,
    };
  };
  const balance: Read = (experiment, arm) => {
    const values = calmValues(experiment, runs, arm, 'maxShareOverMean');
    const estimate = estimated(values, (value) => `${figure(value)} ×`);
    if (estimate === undefined) return undefined;
    const isEven = Math.max(...values) <= 1.1;
    return { ...estimate, word: `the busiest server over the mean: ${isEven ? 'even' : 'uneven'}` };
  };
  const speed: Read = (experiment, arm) => {
    const estimate = estimated(calmValues(experiment, runs, arm, 'p50Ms'), (value) => `${figure(value)} ms`);
    if (estimate === undefined) return undefined;
    const slow = estimated(calmValues(experiment, runs, arm, 'p99Ms'), (value) => `${figure(value)} ms`);
    return { ...estimate, word: `median answer; 99 of 100 within ${slow?.figure ?? 'an unknown time'}` };
  };
  const growth: Read = (experiment, arm) => {
    const values = calmValues(experiment, runs, arm, 'sessionsUntilFull');
    const estimate = estimated(values, (value) => `${figure(value)} sessions`);
    if (estimate === undefined) return undefined;
    const { store, megabytes } = growthOptions.parse(experiment.variants?.[arm]?.options);
    const word =
      store === 'memory'
        ? `made by a process of ${megabytes} MB until it stalled or died`
        : `in ${megabytes} MB of Redis, computed from the bytes of one`;
    return { ...estimate, word };
  };
  const effort: Read = (experiment, arm) => {
    const [lines] = calmValues(experiment, runs, arm, 'linesChanged');
    if (lines === undefined) return undefined;
    const more = (measure: string) => {
      const counted = pooled(experiment, runs, arm, measure);
      return counted === undefined ? 0 : counted.hit / counted.runs;
    };
    const beside = `packages: ${more('dependenciesAdded')} more, processes: ${more('processesAdded')} more`;
    return {
      ...{ figure: `${figure(lines)} lines`, interval: 'counted in files, so no interval' },
      word: `changed in a plain Express app behind a balancer; ${beside}`,
    };
  };
  const rows: readonly (readonly [string, Read])[] = [
    ['Server crash', crash],
    ['Load balancing', balance],
    ['Performance', speed],
    ['Implementation', effort],
  ];
  const maxUsers = COLUMNS.map(({ arms, sameStore = [] }) => {
    const cell = find(experiments, [...arms, ...sameStore], growth);
    if (cell === undefined || arms.includes(cell.arm)) return cell;
    return {
      ...cell,
      word: `${cell.word}; measured with ${armTitle(cell.arm)}, which keeps its sessions in the same place`,
    };
  });
  return [
    { title: 'Max users', cells: maxUsers },
    ...rows.map(([title, read]) => ({ title, cells: COLUMNS.map(({ arms }) => find(experiments, arms, read)) })),
  ];
}

/** The same as a table of the report. */
export function classicTable(results: Results): Markup {
  return scrolling(
    'The classic table, scrollable',
    html`<table class="classic"><thead><tr><td></td>${COLUMNS.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${classicRows(results).map(
      ({ title, cells }) => html`<tr><th scope="row">${title}</th>${cells.map(drawn)}</tr>`,
    )}</tbody></table>`,
  );
}

/** The measured cell: of the column's first arm that has one, in the experiment with the lightest disturbance and the most arms. */
function find(experiments: readonly Experiment[], arms: readonly string[], read: Read): Cell | undefined {
  const calmFirst = experiments.toSorted(
    (a, b) => a.disturb.length - b.disturb.length || b.arms.length - a.arms.length,
  );
  for (const arm of arms) {
    for (const experiment of calmFirst.filter((one) => one.arms.includes(arm))) {
      const cell = read(experiment, arm);
      if (cell !== undefined) return { ...cell, arm, experiment: experiment.name };
    }
  }
  return undefined;
}

function drawn(cell: Cell | undefined): Markup {
  if (cell === undefined) return html`<td class="unmeasured">not in this set: <code>npm run compare</code></td>`;
  return html`<td><b class="figure">${cell.figure}</b><span class="muted">${cell.interval}</span><span>${cell.word}</span><a href="#${anchorOf(cell.experiment)}">${cell.experiment}<span class="visually-hidden">: the experiment with ${armTitle(cell.arm)}</span></a></td>`;
}

function estimated(
  values: readonly number[],
  write: (value: number) => string,
): { figure: string; interval: string } | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const interval = meanInterval(values);
  if (interval === undefined) return { figure: write(first), interval: 'one run, so no interval' };
  return {
    figure: write(interval.mean),
    interval: `${figure(interval.low)} to ${figure(interval.high)}, ${values.length} runs`,
  };
}
