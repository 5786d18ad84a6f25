import type { Counted, Experiment, Results, Run } from '../results/results.js';
import { countedIn, estimatedIn, runsOf } from '../rules/values-of-run.js';

/** One run of an arm: its entries before and after the disturbance share one time axis. */
export interface WholeRun {
  readonly block: number;
  readonly entries: readonly Run[];
  readonly perSecond: Run['perSecond'];
}

/** The runs of an arm, by block. */
export function wholeRuns(runs: readonly Run[], experiment: string, arm: string): WholeRun[] {
  const mine = runs.filter((run) => run.experiment === experiment && run.arm === arm);
  return [...new Set(mine.map(({ block }) => block))].map((block) => {
    const entries = mine.filter((run) => run.block === block);
    const series = entries.map(({ perSecond }) => perSecond);
    return {
      block,
      entries,
      perSecond: {
        requests: sumBySecond(series.map(({ requests }) => requests)),
        errors: sumBySecond(series.map(({ errors }) => errors)),
        losses: sumBySecond(series.map(({ losses }) => losses)),
      },
    };
  });
}

export function sumBySecond(series: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...series.map((values) => values.length));
  return Array.from({ length }, (_, second) => series.reduce((sum, values) => sum + (values[second] ?? 0), 0));
}

/** The sum of the counts of an arm's valid runs; undefined when no valid run counted it. */
export function pooled(
  experiment: Experiment,
  runs: readonly Run[],
  arm: string,
  measure: string,
  phase?: 'before' | 'after',
): (Counted & { runs: number }) | undefined {
  const counts = runsOf(experiment, runs, arm, phase).flatMap((run) => {
    const counted = run.valid ? countedIn(run, measure) : undefined;
    return counted === undefined ? [] : [counted];
  });
  if (counts.length === 0) return undefined;
  const sum = (key: 'hit' | 'of') => counts.reduce((total, counted) => total + counted[key], 0);
  return { hit: sum('hit'), of: sum('of'), runs: counts.length };
}

/** One value per valid run of an arm, from the time before any disturbance. */
export function calmValues(experiment: Experiment, runs: readonly Run[], arm: string, measure: string): number[] {
  return runsOf(experiment, runs, arm, 'before').flatMap((run) => {
    const value = run.valid ? estimatedIn(run, measure) : undefined;
    return value === undefined ? [] : [value];
  });
}

/** The number of runs; an entry before a disturbance and the one after it are one run. */
export function runsMade({ runs }: Pick<Results, 'runs'>): number {
  return new Set(runs.map(({ experiment, block, arm }) => JSON.stringify([experiment, block, arm]))).size;
}

/** The largest experiment that kills a server. */
export function crashOf({ experiments }: Pick<Results, 'experiments'>): Experiment | undefined {
  return experiments
    .filter(({ disturb }) => disturb.some((disturbance) => 'kill' in disturbance))
    .toSorted((a, b) => b.arms.length - a.arms.length)[0];
}
