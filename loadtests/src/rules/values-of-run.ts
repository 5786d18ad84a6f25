import type { Counted, Experiment, Run } from '../results/results.js';
import type { Phase } from './rule.js';

/**
 * Entries of an arm that a clause reads. In an experiment with disturbances, its own or its runner's, the calm part is read only
 * when the clause says `before`; a run that stayed calm to its end is then read as well. A lost run has one entry, which every
 * clause reads for its reason.
 */
export function runsOf(experiment: Experiment, runs: readonly Run[], arm: string, phase: Phase | undefined): Run[] {
  const { name, disturb, runner } = experiment;
  const isDisturbed = disturb.length > 0 || runner !== undefined;
  const isAfter = phase === 'after' || (phase === undefined && isDisturbed);
  const isLost = (run: Run): boolean => run.phase === 'whole' && (run.fault !== 'none' || runner !== undefined);
  return runs.filter(
    (run) => run.experiment === name && run.arm === arm && (isLost(run) || (run.phase === 'after') === isAfter),
  );
}

/** The count and its total, or undefined when the run did not count it. Fields of every run come before the map of the others. */
export function countedIn(run: Run, measure: string): Counted | undefined {
  const counted = run.counted[measure];
  if (measure === 'loggedOut') return atLeast(run.loggedOut, counted?.of ?? run.loggedIn);
  if (measure === 'todosLost') return atLeast(run.todosLost, counted?.of ?? run.todosAcknowledged);
  return counted;
}

/** The run's one number, or undefined when it did not measure it. */
export function estimatedIn(run: Run, measure: string): number | undefined {
  switch (measure) {
    case 'p50Ms':
    case 'p95Ms':
    case 'p99Ms':
    case 'requestsPerSecond':
      // A run without a request has 0 there, which is no measured speed.
      return run.requests === 0 ? undefined : run[measure];
    default:
      return run.estimated[measure];
  }
}

function atLeast(hit: number, of: number): Counted {
  return { hit, of: Math.max(hit, of) };
}
