import type { Verdict } from '../results/results.js';

/** The decision on one clause of a rule. */
export interface Decision {
  /** null: it cannot be told. */
  readonly holds: boolean | null;
  readonly because: string;
  readonly interval: Verdict['interval'];
  readonly noiseFloor: Verdict['noiseFloor'];
  /** The number of blocks that would be enough, for a clause that cannot be told. */
  readonly blocks: number;
}

export function decision(holds: boolean | null, because: string, rest: Partial<Decision> = {}): Decision {
  return { holds, because, interval: null, noiseFloor: null, blocks: 0, ...rest };
}

/** The reason why an arm cannot be judged: it was not run, or no run of it is valid. Undefined when there is a valid run. */
export function whyNoRun(
  arm: string,
  runs: readonly { valid: boolean; block: number; invalidBecause: string | null }[],
) {
  if (runs.length === 0) return `${arm} was not measured`;
  if (runs.some(({ valid }) => valid)) return undefined;
  const reasons = new Set(runs.map(({ invalidBecause }) => invalidBecause ?? 'no reason given'));
  return `no run of ${arm} is valid: ${[...reasons].join('; ')}`;
}

/** `2.1 %`, with one digit more below 1 %. */
export function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}

/** Four digits at most, without an exponent in the usual range. */
export function figure(value: number): string {
  return `${Number(value.toPrecision(value >= 1000 ? 4 : 3))}`;
}
