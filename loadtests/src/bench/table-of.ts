import { percentile } from '../measures/window.js';
import type { Results, Run } from '../results/results.js';

export type Row = Record<string, string | number>;

/**
 * A row for each arm, and within it one for each part of a figure: `p50Ms.chat` is the
 * column p50Ms of the row chat. Counts are sums of the valid runs, figures their medians; without a valid run, the reason.
 */
export function tableOf(
  { experiments, runs }: Pick<Results, 'experiments' | 'runs'>,
  columns?: readonly string[],
): Record<string, Row> {
  const rows: Record<string, Row> = {};
  for (const { name, arms } of experiments) {
    for (const arm of arms) {
      const all = runs.filter((run) => run.experiment === name && run.arm === arm && run.phase !== 'before');
      const valid = all.filter((run) => run.valid);
      const title = experiments.length > 1 ? `${name} ${arm}` : arm;
      if (all[0] !== undefined && valid.length === 0) rows[title] = { invalid: all[0].invalidBecause ?? '' };
      for (const key of keysOf(valid).filter((each) => columns?.includes(each) ?? true)) {
        const [column = '', part] = key.split('.');
        const row = part === undefined ? title : `${title} ${part}`;
        rows[row] = { ...rows[row], [column]: cellOf(key, valid) };
      }
    }
  }
  return rows;
}

function keysOf(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap(({ counted, estimated }) => [...Object.keys(counted), ...Object.keys(estimated)]))];
}

function cellOf(key: string, runs: readonly Run[]): string | number {
  const counts = runs.flatMap(({ counted }) => counted[key] ?? []);
  if (counts.length > 0) {
    const sum = (field: 'hit' | 'of') => counts.reduce((total, count) => total + count[field], 0);
    return `${sum('hit')} of ${sum('of')}`;
  }
  const values = runs.flatMap(({ estimated }) => estimated[key] ?? []).sort((a, b) => a - b);
  const median = percentile(values, 0.5);
  return median >= 1_000 ? Math.round(median) : Number(median.toPrecision(3));
}
