import type { Interval } from './interval.js';
import { studentT } from './student-t.js';

/**
 * The interval of the mean of one arm's values, one a block: on logs (so of the geometric mean) when all are above 0, otherwise on
 * the values themselves. Undefined with fewer than two values.
 */
export function meanInterval(values: readonly number[], level = 0.95): (Interval & { mean: number }) | undefined {
  if (values.length < 2) return undefined;
  const onLogs = values.every((value) => value > 0);
  const points = onLogs ? values.map(Math.log) : values;
  const back = onLogs ? Math.exp : (value: number) => value;
  const mean = points.reduce((sum, point) => sum + point, 0) / points.length;
  const squares = points.reduce((sum, point) => sum + (point - mean) ** 2, 0);
  const half = studentT(level, points.length - 1) * Math.sqrt(squares / (points.length - 1) / points.length);
  return { mean: back(mean), low: back(mean - half), high: back(mean + half) };
}
