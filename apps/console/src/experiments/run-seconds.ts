import type { LiveRun, RunEntry } from './lab-client.js';

/** A finished run, second by second. */
export interface FinishedSeconds extends LiveRun {
  readonly arm: string;
}

/** The newest finished run that has seconds; what was counted before and after its disturbance is one run. */
export function newestSeconds(runs: readonly RunEntry[]): FinishedSeconds | undefined {
  const newest = runs.findLast(({ perSecond }) => perSecond !== undefined && perSecond.requests.length > 0);
  if (newest === undefined) return undefined;
  const { arm, block } = newest;
  const entries = runs.filter((run) => run.arm === arm && run.block === block);
  const sumOf = (what: 'requests' | 'errors' | 'losses') =>
    sumBySecond(entries.map((run) => run.perSecond?.[what] ?? []));
  return {
    arm,
    perSecond: { requests: sumOf('requests'), errors: sumOf('errors'), losses: sumOf('losses') },
    disturbances: entries.flatMap(({ disturbances }) => disturbances),
  };
}

/** A disturbance in words: `kill of server-2, at 6.5 s`. */
export function disturbanceText({ id, target, atSeconds }: LiveRun['disturbances'][number]): string {
  const what = id.replaceAll('-', ' ');
  return `${target === '' ? what : `${what} of ${target}`}, at ${atSeconds.toFixed(1)} s`;
}

function sumBySecond(series: readonly (readonly number[])[]): number[] {
  const seconds = Math.max(...series.map(({ length }) => length));
  return Array.from({ length: seconds }, (_, second) => series.reduce((sum, counts) => sum + (counts[second] ?? 0), 0));
}
