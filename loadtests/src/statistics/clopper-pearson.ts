import jstat from 'jstat';
import type { Interval } from './interval.js';

/** The two-sided exact interval (Clopper and Pearson, 1934) of a share of `hit` out of `of`; 0 to 1 when nothing was counted. */
export function clopperPearson(hit: number, of: number, level = 0.95): Interval {
  const tail = (1 - level) / 2;
  if (of === 0) return { low: 0, high: 1 };
  // The ends have a closed form, exact for any number.
  if (hit === 0) return { low: 0, high: 1 - tail ** (1 / of) };
  if (hit === of) return { low: tail ** (1 / of), high: 1 };
  return { low: jstat.beta.inv(tail, hit, of - hit + 1), high: jstat.beta.inv(1 - tail, hit + 1, of - hit) };
}

/** The number of cases without a single hit after which the interval's upper end is at most `atMost`. */
export function neededForNone(atMost: number, level = 0.95): number {
  return Math.ceil(Math.log((1 - level) / 2) / Math.log(1 - atMost));
}
