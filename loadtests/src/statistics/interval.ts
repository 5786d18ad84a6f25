/** A range that holds the true value with the stated level. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The place of an interval against a range: the whole of it inside, the whole of it outside, or partly both. */
export type Place = 'inside' | 'outside' | 'across';

/** The range's ends belong to it. */
export function placeOf({ low, high }: Interval, range: Interval): Place {
  if (low >= range.low && high <= range.high) return 'inside';
  return high < range.low || low > range.high ? 'outside' : 'across';
}

export function excludesOne({ low, high }: Interval): boolean {
  return low > 1 || high < 1;
}
