import type { Experiment, Run } from '../results/results.js';
import { type PairedRatio, pairedRatio } from '../statistics/arm-block-model.js';
import { readEstimatedRule } from './read-rule.js';
import { speedsOf, twinsOf } from './speeds.js';

const ERROR = 0.05;

export interface RankedArm {
  readonly arm: string;
  /** 1 + the arms that are certainly smaller; arms that cannot be told apart share a place. */
  readonly place: number;
  /** The ratio to the arm with the smallest value; null for that arm itself. */
  readonly ratio: PairedRatio | null;
}

export interface Ranking {
  readonly measure: string;
  readonly level: number;
  /** The arms, from the smallest value to the largest. */
  readonly arms: readonly RankedArm[];
}

/**
 * Ranks the arms by each measure of the experiment's estimated rules. One arm comes before another only if the interval of
 * their paired ratio excludes 1, at a level shared between all pairs. Arms without two valid blocks are left out.
 */
export function rank(experiment: Experiment, runs: readonly Run[]): Ranking[] {
  const measures = experiment.rules.flatMap(({ estimated }) =>
    estimated === undefined ? [] : readEstimatedRule(estimated, experiment.arms).clauses,
  );
  const twins = new Set(twinsOf(experiment).map(({ twin }) => twin));
  const byName = new Map(measures.map((clause) => [`${clause.measure} ${clause.phase}`, clause]));
  return [...byName.values()].flatMap(({ measure, phase }) => {
    const { model } = speedsOf(experiment, runs, measure, phase);
    const arms = [...model.logs].filter(([arm, row]) => row.size > 1 && !twins.has(arm)).map(([arm]) => arm);
    const level = 1 - ERROR / Math.max(1, (arms.length * (arms.length - 1)) / 2);
    const ratio = (a: string, b: string) => pairedRatio(model, a, b, level);
    const smaller = (arm: string) => arms.filter((other) => (ratio(arm, other)?.low ?? 0) > 1);
    const meanLog = (arm: string) => {
      const row = [...(model.logs.get(arm)?.values() ?? [])];
      return row.reduce((sum, log) => sum + log, 0) / row.length;
    };
    const sorted = arms
      .map((arm) => ({ arm, place: 1 + smaller(arm).length, mean: meanLog(arm) }))
      .sort((one, two) => one.place - two.place || one.mean - two.mean);
    const [first] = sorted;
    if (first === undefined || sorted.length < 2) return [];
    const ranked = sorted.map(({ arm, place }) => ({
      arm,
      place,
      ratio: arm === first.arm ? null : (ratio(arm, first.arm) ?? null),
    }));
    return [{ measure, level, arms: ranked }];
  });
}
