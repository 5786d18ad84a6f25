import type { ArmBlockModel, PairedRatio } from '../statistics/arm-block-model.js';
import { placeOf } from '../statistics/interval.js';
import { studentT } from '../statistics/student-t.js';
import type { RatioClause } from './rule.js';

const MOST_BLOCKS = 40;

/** Blocks after which the clause is decided if ratio and noise stay as they are; 40 when even those are too few. */
export function blocksForRatio(model: ArmBlockModel, paired: PairedRatio, clause: RatioClause, level: number): number {
  const arms = model.logs.size;
  for (let blocks = paired.blocks + 1; blocks < MOST_BLOCKS; blocks++) {
    const half = studentT(level, (arms - 1) * (blocks - 1)) * model.residual * Math.sqrt(2 / blocks);
    const d = Math.log(paired.ratio);
    const noiseFits = clause.margin === 1 || half <= Math.log(clause.margin);
    if (noiseFits && placeOf({ low: Math.exp(d - half), high: Math.exp(d + half) }, clause) !== 'across') return blocks;
  }
  return MOST_BLOCKS;
}
