import type { Run } from '../results/results.js';

/** What Redis itself held after the runs of an experiment, in one sentence; none when it was not asked. */
export function storeLine(runs: readonly Run[]): string | undefined {
  const asked = runs.flatMap(({ store }) => store ?? []);
  if (asked.length === 0) return undefined;
  const sum = (of: (store: (typeof asked)[number]) => number): number =>
    asked.reduce((total, one) => total + of(one), 0);
  const shown = sum((store) => store.shown);
  const denied = sum((store) => store.deniedButStored);
  const unacknowledged = sum((store) => store.unacknowledged);
  return [
    `Redis was read after each run: it holds ${shown - sum((store) => store.notStored)} of the ${shown} todos that servers showed at the end`,
    `${denied} that a server denied, and ${unacknowledged} whose acknowledgement no user saw.`,
  ].join(', ');
}
