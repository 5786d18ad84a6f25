import type { Counted, Experiment, Results, Run, Verdict } from '../results/results.js';
import { pairedRatio } from '../statistics/arm-block-model.js';
import { clopperPearson } from '../statistics/clopper-pearson.js';
import { excludesOne } from '../statistics/interval.js';
import { studentT } from '../statistics/student-t.js';
import { figure, percent } from './decision.js';
import { isLoss, unitOf } from './measure-units.js';
import { readEstimatedRule } from './read-rule.js';
import type { RatioClause } from './rule.js';
import { speedsOf, twinsOf } from './speeds.js';
import { countedIn } from './values-of-run.js';

const ERROR = 0.05;

/** One difference between two comparisons. */
export interface Change {
  readonly kind: 'verdict' | 'loss' | 'speed';
  readonly experiment: string;
  /** Whether the change is for the worse and certain. */
  readonly isRegression: boolean;
  readonly sentence: string;
}

export interface ComparedResults {
  readonly isRegression: boolean;
  /** Regressions first. */
  readonly changes: readonly Change[];
}

/**
 * The changes from one comparison to another. Regressions: a rule that held and does not hold; a loss above what the earlier
 * comparison could have overlooked; a ratio of two arms that moved for the worse by more than its rule's margin. Speeds are
 * compared as ratios of arms, so that another or a busier machine is no regression.
 */
export function compareResults(now: Results, before: Results): ComparedResults {
  const changes = [...compareVerdicts(now, before), ...compareLosses(now, before), ...compareSpeeds(now, before)];
  const regressions = changes.filter(({ isRegression }) => isRegression);
  const others = changes.filter(({ isRegression }) => !isRegression);
  return { isRegression: regressions.length > 0, changes: [...regressions, ...others] };
}

function compareVerdicts(now: Results, before: Results): Change[] {
  return before.verdicts.flatMap((earlier): Change[] => {
    const later = now.verdicts.find(({ claim }) => claim === earlier.claim);
    const change = (sentence: string, isRegression = false): Change[] => [
      { kind: 'verdict', experiment: earlier.experiment, isRegression, sentence: `"${earlier.claim}" ${sentence}` },
    ];
    if (later === undefined) return change('is not judged any more');
    if (later.rule !== earlier.rule) return change(`is judged by another rule than before: ${later.rule}`);
    if (later.holds === earlier.holds) return [];
    const isRegression = earlier.holds === true && later.holds === false;
    return change(`${wordsOf(earlier).before} before and ${wordsOf(later).now} now: ${later.because}`, isRegression);
  });
}

function wordsOf({ holds }: Verdict): { before: string; now: string } {
  if (holds === null) return { before: 'could not be told', now: 'cannot be told' };
  return holds ? { before: 'held', now: 'holds' } : { before: 'did not hold', now: 'does not hold' };
}

function compareLosses(now: Results, before: Results): Change[] {
  const earlier = lossesOf(before.runs);
  return [...lossesOf(now.runs)].flatMap(([key, later]): Change[] => {
    const was = earlier.get(key);
    if (was === undefined || was.of === 0 || later.of === 0) return [];
    const bound = clopperPearson(was.hit, was.of).high;
    // An arm without an earlier loss may lose as much as the earlier runs could have missed; other losses vary, so both get an interval.
    const least = was.hit === 0 ? later.hit / later.of : clopperPearson(later.hit, later.of).low;
    if (least <= bound) return [];
    const { run, measure } = later;
    const sentence = `${measure} of ${run.arm} in ${run.experiment} (${run.phase}): ${later.hit} of ${later.of} ${unitOf(measure)} now, ${was.hit} of ${was.of} before, which allows up to ${percent(bound)}`;
    return [{ kind: 'loss', experiment: run.experiment, isRegression: true, sentence }];
  });
}

interface Loss extends Counted {
  readonly run: Run;
  readonly measure: string;
}

/** Losses of valid runs, pooled by experiment, arm, phase and measure. */
function lossesOf(runs: readonly Run[]): Map<string, Loss> {
  const losses = new Map<string, Loss>();
  for (const run of runs.filter(({ valid }) => valid)) {
    for (const measure of new Set(['loggedOut', 'todosLost', ...Object.keys(run.counted)])) {
      const counted = isLoss(measure) ? countedIn(run, measure) : undefined;
      if (counted === undefined) continue;
      const key = [run.experiment, run.arm, run.phase, measure].join(' ');
      const { hit, of } = losses.get(key) ?? { hit: 0, of: 0 };
      losses.set(key, { run, measure, hit: hit + counted.hit, of: of + counted.of });
    }
  }
  return losses;
}

function compareSpeeds(now: Results, before: Results): Change[] {
  const pairs = now.experiments.flatMap((experiment) => {
    const earlier = before.experiments.find(({ name }) => name === experiment.name);
    return earlier === undefined ? [] : ratiosOf(experiment).map((clause) => ({ experiment, earlier, clause }));
  });
  const level = 1 - ERROR / Math.max(1, pairs.length);
  return pairs.flatMap(({ experiment, earlier, clause }): Change[] => {
    const later = logRatio(experiment, now.runs, clause, level);
    const was = logRatio(earlier, before.runs, clause, level);
    if (later === undefined || was === undefined) return [];
    const d = later.d - was.d;
    const half =
      studentT(level, later.degreesOfFreedom + was.degreesOfFreedom) * Math.sqrt(later.variance + was.variance);
    const interval = { low: Math.exp(d - half), high: Math.exp(d + half) };
    const isOutside = Math.abs(d) > Math.log(clause.margin);
    if (!excludesOne(interval) || !isOutside) return [];
    const wants = clause.low === 0 ? 'less' : clause.high === Number.MAX_VALUE ? 'more' : 'same';
    const isRegression = wants === 'same' ? Math.abs(later.d) > Math.abs(was.d) : d > 0 === (wants === 'less');
    const sentence = `${clause.measure} of ${clause.a} over ${clause.b} in ${experiment.name} is ${figure(Math.exp(later.d))}, and was ${figure(Math.exp(was.d))} before: ${figure(Math.exp(d))} times (${figure(interval.low)} to ${figure(interval.high)} at ${percent(level)})`;
    return [{ kind: 'speed', experiment: experiment.name, isRegression, sentence }];
  });
}

function ratiosOf({ rules, arms }: Experiment): RatioClause[] {
  return rules
    .flatMap(({ estimated }) => (estimated === undefined ? [] : readEstimatedRule(estimated, arms).clauses))
    .filter((clause) => clause.kind === 'ratio');
}

/** Undefined with too few blocks, and when the A/A twin shows more than noise. */
function logRatio(experiment: Experiment, runs: readonly Run[], clause: RatioClause, level: number) {
  const { model, withoutLog } = speedsOf(experiment, runs, clause.measure, clause.phase);
  const paired = pairedRatio(model, clause.a, clause.b, level);
  if (paired === undefined || withoutLog.some(({ arm }) => arm === clause.a || arm === clause.b)) return undefined;
  const twins = twinsOf(experiment).map(({ twin, of }) => pairedRatio(model, twin, of, level));
  if (twins.some((ratio) => ratio === undefined || excludesOne(ratio))) return undefined;
  const variance = (model.residual ** 2 * 2) / paired.blocks;
  return { d: Math.log(paired.ratio), variance, degreesOfFreedom: model.degreesOfFreedom };
}
