import type { Experiment, Run, Verdict } from '../src/results/results.js';
import { judge } from '../src/rules/judge.js';
import { onlyArm } from './only-arm.js';

/** Judges a sentence of another experiment by runs that were made already, as if its arm had been seen to do what they saw. */
export function askOthers(
  experiment: Experiment,
  say: string,
  arm: string,
  evidence: readonly (readonly Run[])[],
): Verdict {
  const narrowed = onlyArm(experiment, arm, say);
  const entries = evidence.flatMap((run, n) =>
    run.map((entry) => ({ ...entry, experiment: experiment.name, arm, block: n + 1, repeat: n + 1 })),
  );
  const [verdict] = judge([narrowed], entries);
  if (verdict === undefined) throw new Error(`${experiment.name} does not say "${say}"`);
  return verdict;
}
