import type { Experiment, Run, Verdict } from '../results/results.js';
import { type PairedRatio, pairedRatio } from '../statistics/arm-block-model.js';
import { excludesOne, type Interval, placeOf } from '../statistics/interval.js';
import { meanInterval } from '../statistics/mean-interval.js';
import { blocksForRatio } from './blocks-for-ratio.js';
import { type Decision, decision, figure, percent, whyNoRun } from './decision.js';
import { isTime } from './measure-units.js';
import type { BetweenClause, EstimatedClause, RatioClause } from './rule.js';
import { type Speeds, speedsOf, twinsOf } from './speeds.js';
import { runsOf } from './values-of-run.js';

const ENOUGH_BLOCKS = 3;

/** Judges the estimated clauses of one experiment at one level. */
export class EstimatedJudge {
  private readonly speeds = new Map<string, Speeds>();
  private readonly noise: string | undefined;

  constructor(
    private readonly experiment: Experiment,
    private readonly runs: readonly Run[],
    private readonly level: number,
    /** Every estimated clause of the experiment: a twin that differs in the measure of one makes all of them doubtful. */
    clauses: readonly EstimatedClause[],
  ) {
    this.noise = this.findNoise(clauses);
  }

  judge(clause: EstimatedClause): Decision {
    const arms = clause.kind === 'ratio' ? [clause.a, clause.b] : [clause.arm];
    const gaps = arms.flatMap((arm) => this.whyNoValue(arm, clause) ?? []);
    if (gaps.length > 0) return decision(null, gaps.join('; '), { blocks: ENOUGH_BLOCKS });
    const decided = clause.kind === 'ratio' ? this.judgeRatio(clause) : this.judgeBetween(clause);
    if (this.noise === undefined) return decided;
    return { ...decided, holds: null, because: `${this.noise}; ${decided.because}`, blocks: this.blocks(clause) + 1 };
  }

  private judgeRatio(clause: RatioClause): Decision {
    const speeds = this.of(clause);
    const zero = speeds.withoutLog.find(({ arm }) => arm === clause.a || arm === clause.b);
    if (zero !== undefined) {
      const because = `${clause.measure} of ${zero.arm} is ${zero.value} in block ${zero.block}; a ratio needs values above 0`;
      return decision(null, because, { blocks: this.blocks(clause) + 1 });
    }
    const paired = pairedRatio(speeds.model, clause.a, clause.b, this.level);
    if (paired === undefined)
      return decision(null, this.tooFew(`${clause.a} and ${clause.b}`), { blocks: ENOUGH_BLOCKS });
    const noiseFloor = this.floor(clause);
    const interval = this.interval(paired, clause.text);
    const told = `${clause.measure} of ${clause.a} is ${this.tell(paired.ratio, paired)} times that of ${clause.b}`;
    const blocks = blocksForRatio(speeds.model, paired, clause, this.level);
    const floor = noiseFloor ? `; A/A twin ${this.tell(noiseFloor.ratio, noiseFloor)}` : '';
    if (noiseFloor !== null && isWider(noiseFloor, clause.margin)) {
      const because = `the A/A twin's ${clause.measure} differs by up to ${this.tell(noiseFloor.ratio, noiseFloor)}, more than the margin of ${figure(clause.margin)}; ${told}`;
      return decision(null, because, { interval, noiseFloor, blocks });
    }
    const place = placeOf(paired, clause);
    if (place === 'inside') return decision(true, `${told}${floor}`, { interval, noiseFloor });
    if (place === 'outside') return decision(false, `${told}${floor}`, { interval, noiseFloor });
    return decision(null, `${told}, partly outside of the rule${floor}`, { interval, noiseFloor, blocks });
  }

  private judgeBetween(clause: BetweenClause): Decision {
    const values = this.of(clause).cells.filter(({ arm }) => arm === clause.arm);
    const mean = meanInterval(
      values.map(({ value }) => value),
      this.level,
    );
    if (mean === undefined) return decision(null, this.tooFew(clause.arm), { blocks: ENOUGH_BLOCKS });
    const interval = this.interval(mean, clause.text);
    const told = `${clause.measure} of ${clause.arm} is ${this.tell(mean.mean, mean)}`;
    const place = placeOf(mean, clause);
    const noiseFloor = this.floor(clause);
    const blocks = this.blocks(clause) + 1;
    if (place === 'across')
      return decision(null, `${told}, partly outside of the rule`, { interval, noiseFloor, blocks });
    if (noiseFloor !== null && isTime(clause.measure)) {
      const floor = `the A/A twin's differs by ${this.tell(noiseFloor.ratio, noiseFloor)}`;
      // A time is as uncertain as another start of the same makes it.
      if (placeOf(widened(mean, noiseFloor), clause) !== place)
        return decision(null, `${told}, but ${floor}, which reaches across the rule`, { interval, noiseFloor, blocks });
      return decision(place === 'inside', `${told}; ${floor}`, { interval, noiseFloor });
    }
    return decision(place === 'inside', told, { interval, noiseFloor });
  }

  /** The reason why speeds of this experiment cannot be trusted; undefined when its A/A twins differ by noise only. */
  private findNoise(clauses: readonly EstimatedClause[]): string | undefined {
    for (const clause of clauses) {
      for (const { twin, of } of twinsOf(this.experiment)) {
        const ratio = pairedRatio(this.of(clause).model, twin, of, this.level);
        if (ratio === undefined) return `the A/A twin of ${of} has fewer than 2 valid blocks of ${clause.measure}`;
        if (excludesOne(ratio))
          return `the A/A twin differs from ${of}: its ${clause.measure} is ${this.tell(ratio.ratio, ratio)} times as large, so the machine is too restless`;
      }
    }
    return undefined;
  }

  private floor(clause: EstimatedClause): Verdict['noiseFloor'] {
    const [first] = twinsOf(this.experiment);
    const ratio = first && pairedRatio(this.of(clause).model, first.twin, first.of, this.level);
    return ratio ? { ratio: finite(ratio.ratio), low: ratio.low, high: finite(ratio.high) } : null;
  }

  private whyNoValue(arm: string, clause: EstimatedClause): string | undefined {
    const missing = whyNoRun(arm, runsOf(this.experiment, this.runs, arm, clause.phase));
    if (missing !== undefined) return missing;
    if (this.of(clause).cells.some((cell) => cell.arm === arm)) return undefined;
    return `no valid run of ${arm} measured ${clause.measure}`;
  }

  private of({ measure, phase }: EstimatedClause): Speeds {
    const key = `${measure} ${phase}`;
    const speeds = this.speeds.get(key) ?? speedsOf(this.experiment, this.runs, measure, phase);
    this.speeds.set(key, speeds);
    return speeds;
  }

  private blocks(clause: EstimatedClause): number {
    return new Set(this.of(clause).cells.map(({ block }) => block)).size;
  }

  private tooFew(arms: string): string {
    return `${arms} ${arms.includes(' and ') ? 'share' : 'has'} fewer than 2 valid blocks, so the noise is not known`;
  }

  private interval({ low, high }: Interval, of: string): Verdict['interval'] {
    return { low, high: finite(high), level: this.level, of };
  }

  private tell(value: number, { low, high }: Interval): string {
    return `${figure(value)} (${figure(low)} to ${figure(high)} at ${percent(this.level)})`;
  }
}

/** The interval, as much wider to both sides as two starts may differ. */
function widened({ low, high }: Interval, twin: Interval): Interval {
  const times = Math.max(twin.high, 1 / twin.low);
  return { low: low / times, high: high * times };
}

/** A margin of 1 (`ratio < 1`) sets no limit to the width. */
function isWider({ low, high }: Interval | PairedRatio, margin: number): boolean {
  return margin > 1 && (low < 1 / margin || high > margin);
}

/** JSON has no infinity. */
function finite(value: number): number {
  return Math.min(value, Number.MAX_VALUE);
}
