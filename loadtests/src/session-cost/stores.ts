export { STORES, type StoreName } from '../planner/arms.js';

/** What a server process says about itself. */
export interface ServerUsage {
  readonly cpuMicroseconds: number;
  readonly openSockets: number;
  /** After a collection, where the process was started with --expose-gc. */
  readonly heapBytes: number;
}

/** What was measured, by the name that rules use. */
export type Figures = Record<string, number>;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that `ratio` of the others are not above. */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? Number.NaN;
}
