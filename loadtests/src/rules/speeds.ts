import type { Experiment, Run } from '../results/results.js';
import { type ArmBlockModel, type Cell, fitArmBlockModel } from '../statistics/arm-block-model.js';
import type { Phase } from './rule.js';
import { estimatedIn, runsOf } from './values-of-run.js';

/** The suffix of the name of an arm that is a second start of another. */
export const TWIN = '@twin';

/** The values of one measure of an experiment, and the model of all its arms. */
export interface Speeds {
  readonly cells: readonly Cell[];
  /** Values without a logarithm, from which no ratio can be made. */
  readonly withoutLog: readonly Cell[];
  readonly model: ArmBlockModel;
}

export function speedsOf(
  experiment: Experiment,
  runs: readonly Run[],
  measure: string,
  phase: Phase | undefined,
): Speeds {
  const cells = experiment.arms.flatMap((arm) =>
    runsOf(experiment, runs, arm, phase)
      .filter((run) => run.valid)
      .flatMap((run) => {
        const value = estimatedIn(run, measure);
        return value === undefined ? [] : [{ arm, block: run.block, value }];
      }),
  );
  const withoutLog = cells.filter(({ value }) => value <= 0);
  return { cells, withoutLog, model: fitArmBlockModel(cells.filter(({ value }) => value > 0)) };
}

/** The arms that are a second start of another, with that other. */
export function twinsOf({ arms }: Experiment): { twin: string; of: string }[] {
  return arms.filter((arm) => arm.endsWith(TWIN)).map((twin) => ({ twin, of: twin.slice(0, -TWIN.length) }));
}
