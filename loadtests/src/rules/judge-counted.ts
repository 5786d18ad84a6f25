import type { Counted, Experiment, Run } from '../results/results.js';
import { clopperPearson, neededForNone } from '../statistics/clopper-pearson.js';
import { type Interval, placeOf } from '../statistics/interval.js';
import { type Decision, decision, percent, whyNoRun } from './decision.js';
import { isExact, unitOf } from './measure-units.js';
import type { CountedClause, Expectation } from './rule.js';
import { countedIn, runsOf } from './values-of-run.js';

const LEVEL = 0.95;
const DEFAULT_AT_MOST = 0.1;

interface CountedRun extends Counted {
  readonly run: Run;
}

/**
 * Judges one clause. `each`: every valid run by itself, and no bound unless the rule states `atMost`; otherwise the valid runs are
 * pooled and the interval's end must be within `atMost` (0.1). One counterexample refutes; a count of nothing proves nothing. An
 * exact count has no interval.
 */
export function judgeCounted(
  clause: CountedClause,
  experiment: Experiment,
  runs: readonly Run[],
  { each, atMost = each ? 1 : DEFAULT_AT_MOST }: { each: boolean; atMost?: number | undefined },
): Decision {
  const gaps: string[] = [];
  const counted: CountedRun[] = [];
  for (const arm of clause.arms) {
    const all = runsOf(experiment, runs, arm, clause.phase);
    const valid = all.filter((run) => run.valid);
    const read = valid.flatMap((run) => {
      const value = countedIn(run, clause.measure);
      return value === undefined ? [] : [{ run, ...value }];
    });
    counted.push(...read);
    const gap = whyNoRun(arm, all) ?? whyNothing(arm, clause.measure, read, each ? valid.length : 1);
    if (gap !== undefined) gaps.push(gap);
  }
  const pooled = { hit: sum(counted, 'hit'), of: sum(counted, 'of') };
  const exact = isExact(clause.measure);
  const boundsOf = exact ? shareOf : ({ hit, of }: Counted) => clopperPearson(hit, of, LEVEL);
  const bounds = boundsOf(pooled);
  const interval =
    pooled.of === 0 || exact ? null : { ...bounds, level: LEVEL, of: `${clause.measure}(${clause.arms.join(', ')})` };
  const told = `${tell(clause.measure, counted, pooled)} (${clause.arms.join(', ')})`;

  // With arms missing, a single loss still refutes the rule, but a sum or a share of all arms does not.
  const needsAll = !each && (clause.expected.kind === 'between' || isOfSum(clause.expected));
  const counterexample =
    gaps.length > 0 && needsAll ? undefined : findCounterexample(clause.expected, counted, pooled, boundsOf, each);
  if (counterexample !== undefined) return decision(false, `${told}${counterexample}`, { interval });
  const needed = blocksNeeded(clause.expected, counted, pooled, atMost);
  if (gaps.length > 0) return decision(null, gaps.join('; '), { interval, blocks: needed });
  const doubt = findDoubt(clause.expected, each ? counted : [pooled], bounds, boundsOf, atMost);
  if (doubt !== undefined) return decision(null, `${told}, ${doubt}`, { interval, blocks: needed });
  if (exact) return decision(true, told);
  return decision(true, `${told}, between ${percent(bounds.low)} and ${percent(bounds.high)} at 95 %`, { interval });
}

/** The reason why the valid runs of an arm are no evidence: they did not count the measure, or nothing was promised or could be asked for again. */
function whyNothing(arm: string, measure: string, read: readonly CountedRun[], needed: number): string | undefined {
  if (read.length === 0) return `no valid run of ${arm} counted ${measure}`;
  if (read.filter(({ of }) => of > 0).length >= needed) return undefined;
  return `nothing was promised, or could be asked for again: 0 of 0 ${unitOf(measure)} for ${measure} in ${arm}`;
}

function findCounterexample(
  expected: Expectation,
  counted: readonly CountedRun[],
  pooled: Counted,
  boundsOf: (count: Counted) => Interval,
  each: boolean,
): string | undefined {
  if (expected.kind === 'between') {
    const bounds = boundsOf(pooled);
    if (!each) return counted.length > 0 && placeOf(bounds, expected) === 'outside' ? outsideOf(bounds) : undefined;
    const outside = counted.find((run) => run.of > 0 && placeOf(boundsOf(run), expected) === 'outside');
    return outside && `; ${titleOf(outside)}, outside of the range`;
  }
  if (isOfSum(expected) && !each)
    return pooled.of > 0 && !isAsSaid(expected, pooled) ? `, not ${wordsOf(expected)}` : undefined;
  const against = counted.find((run) => run.of > 0 && !isAsSaid(expected, run));
  const limit = expected.kind === 'limit' ? `, not ${wordsOf(expected)}` : '';
  return against && `; ${titleOf(against)}${limit}`;
}

/** The reason why runs without a counterexample are not enough. */
function findDoubt(
  expected: Expectation,
  parts: readonly Counted[],
  bounds: Interval,
  boundsOf: (count: Counted) => Interval,
  atMost: number,
): string | undefined {
  if (expected.kind === 'between') {
    const across = parts.map(boundsOf).find((part) => placeOf(part, expected) !== 'inside');
    return (
      across &&
      `which leaves ${percent(across.low)} to ${percent(across.high)}; the range is ${percent(expected.low)} to ${percent(expected.high)}`
    );
  }
  if (expected.kind === 'all' && bounds.low < 1 - atMost)
    return `which leaves as few as ${percent(bounds.low)}; the rule needs ${percent(1 - atMost)}`;
  if (expected.kind === 'count' && expected.count === 0 && bounds.high > atMost)
    return `which leaves up to ${percent(bounds.high)}; the rule allows ${percent(atMost)}`;
  return undefined;
}

/** "0 of 183 users, 0 of 9 kills": the same count by both units, or by runs when nothing was disturbed. */
function tell(measure: string, counted: readonly CountedRun[], { hit, of }: Counted): string {
  const users = `${hit} of ${of} ${unitOf(measure)}`;
  if (isExact(measure)) return users;
  const ids = new Set(counted.flatMap(({ run }) => run.disturbances.map(({ id }) => id)));
  const struck = counted.filter((each) => each.hit > 0);
  if (ids.size === 0) return `${users}, ${struck.length} of ${counted.length} ${plural(counted.length, 'run')}`;
  const happened = (some: readonly CountedRun[]) => some.reduce((total, { run }) => total + run.disturbances.length, 0);
  const [only] = ids.size === 1 ? ids : [];
  // With several disturbances in a run, the one that caused the loss is not known.
  const about = struck.some(({ run }) => run.disturbances.length > 1) ? 'up to ' : '';
  return `${users}, ${about}${happened(struck)} of ${happened(counted)} ${plural(happened(counted), only ?? 'disturbance')}`;
}

/** Blocks until the bound is narrow enough if counts go on as before; at least one more than there are. */
function blocksNeeded(expected: Expectation, counted: readonly CountedRun[], pooled: Counted, atMost: number): number {
  const blocks = new Set(counted.map(({ run }) => run.block)).size;
  if (pooled.of === 0 || blocks === 0) return 3;
  const perBlock = pooled.of / blocks;
  if (expected.kind !== 'between') return Math.max(blocks + 1, Math.ceil(neededForNone(atMost) / perBlock));
  for (let more = blocks + 1; more <= 100; more++) {
    const bounds = clopperPearson(Math.round((pooled.hit / blocks) * more), Math.round(perBlock * more), LEVEL);
    if (placeOf(bounds, expected) !== 'across') return more;
  }
  return 100;
}

/** An expected number other than 0 is about the sum of all runs, except in `each` rules. */
function isOfSum(expected: Expectation): boolean {
  return expected.kind === 'limit' || (expected.kind === 'count' && expected.count > 0);
}

function isAsSaid(expected: Expectation, { hit, of }: Counted): boolean {
  switch (expected.kind) {
    case 'all':
      return hit === of;
    case 'count':
      return hit === expected.count;
    case 'limit':
    case 'between':
      return hit >= expected.low && hit <= expected.high;
  }
}

function wordsOf(expected: Expectation): string {
  if (expected.kind === 'count') return `${expected.count}`;
  if (expected.kind !== 'limit') return expected.kind;
  return expected.high === Number.MAX_VALUE ? `at least ${expected.low}` : `at most ${expected.high}`;
}

function shareOf({ hit, of }: Counted): Interval {
  return of === 0 ? { low: 0, high: 1 } : { low: hit / of, high: hit / of };
}

function titleOf({ run, hit, of }: CountedRun): string {
  return `block ${run.block} of ${run.arm}: ${hit} of ${of}`;
}

function outsideOf({ low, high }: Interval): string {
  return `, which is ${percent(low)} to ${percent(high)} and outside of the range`;
}

function plural(count: number, word: string): string {
  if (count === 1) return word;
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

function sum(counted: readonly CountedRun[], field: 'hit' | 'of'): number {
  return counted.reduce((total, each) => total + each[field], 0);
}
