import { studentT } from './student-t.js';

/** One value of one run: a measure of an arm in a block. Values are above 0. */
export interface Cell {
  readonly arm: string;
  readonly block: number;
  readonly value: number;
}

export interface PairedRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Blocks in which both arms have a value. */
  readonly blocks: number;
}

/** Log values explained by arm + block; the rest is the noise that all arms share. */
export interface ArmBlockModel {
  /** Standard deviation of the residuals on the log scale; NaN when no degree of freedom is left. */
  readonly residual: number;
  readonly degreesOfFreedom: number;
  readonly logs: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

const ROUNDS = 500;
const SETTLED = 1e-12;

/**
 * Fits log(value) = arm + block by least squares. Cells may be missing (an invalid run): the fit sets arms and blocks in turn to the
 * means of the remaining values, which converges to the least squares fit.
 */
export function fitArmBlockModel(cells: readonly Cell[]): ArmBlockModel {
  const logs = new Map<string, Map<number, number>>();
  for (const { arm, block, value } of cells) {
    const row = logs.get(arm) ?? new Map<number, number>();
    logs.set(arm, row.set(block, Math.log(value)));
  }
  const points = [...logs].flatMap(([arm, row]) => [...row].map(([block, log]) => ({ arm, block, log })));
  const arms = new Map<string, number>();
  const blocks = new Map<number, number>();
  const left = ({ arm, block, log }: (typeof points)[number]) => log - (arms.get(arm) ?? 0) - (blocks.get(block) ?? 0);
  for (let round = 0, moved = 1; round < ROUNDS && moved > SETTLED; round++) {
    moved = Math.max(
      shift(points, arms, (point) => point.arm, left),
      shift(points, blocks, (point) => point.block, left),
    );
  }
  const degreesOfFreedom = points.length - arms.size - blocks.size + partsOf(logs);
  const squares = points.reduce((sum, point) => sum + left(point) ** 2, 0);
  return { residual: Math.sqrt(squares / degreesOfFreedom), degreesOfFreedom, logs };
}

/**
 * The ratio of a measure in arm `a` to that in arm `b`: exp(d ± t·s·√(2/B)) over the B blocks that have both. Undefined
 * with fewer than two such blocks.
 */
export function pairedRatio(model: ArmBlockModel, a: string, b: string, level = 0.95): PairedRatio | undefined {
  const [ofA, ofB] = [model.logs.get(a), model.logs.get(b)];
  const differences: number[] = [];
  for (const [block, log] of ofA ?? []) {
    const other = ofB?.get(block);
    if (other !== undefined) differences.push(log - other);
  }
  const blocks = differences.length;
  if (blocks < 2) return undefined;
  const d = differences.reduce((sum, difference) => sum + difference, 0) / blocks;
  const half = halfWidth(model, blocks, level);
  return { ratio: Math.exp(d), low: Math.exp(d - half), high: Math.exp(d + half), blocks };
}

function halfWidth({ residual, degreesOfFreedom }: ArmBlockModel, blocks: number, level: number): number {
  return studentT(level, degreesOfFreedom) * residual * Math.sqrt(2 / blocks);
}

/** Adds to each effect the mean of the rest in its points; returns the largest change. */
function shift<P, K>(
  points: readonly P[],
  effects: Map<K, number>,
  keyOf: (point: P) => K,
  left: (point: P) => number,
) {
  const sums = new Map<K, { sum: number; count: number }>();
  for (const point of points) {
    const of = sums.get(keyOf(point)) ?? { sum: 0, count: 0 };
    sums.set(keyOf(point), { sum: of.sum + left(point), count: of.count + 1 });
  }
  let moved = 0;
  for (const [key, { sum, count }] of sums) {
    effects.set(key, (effects.get(key) ?? 0) + sum / count);
    moved = Math.max(moved, Math.abs(sum / count));
  }
  return moved;
}

/** The number of groups of arms that share blocks, even through other arms: each group costs one effect less. */
function partsOf(logs: ReadonlyMap<string, ReadonlyMap<number, number>>): number {
  let parts: Set<number>[] = [];
  for (const row of logs.values()) {
    const blocks = new Set(row.keys());
    const apart = parts.filter((part) => ![...part].some((block) => blocks.has(block)));
    const together = parts.filter((part) => !apart.includes(part)).flatMap((part) => [...part]);
    parts = [...apart, new Set([...blocks, ...together])];
  }
  return parts.length;
}
