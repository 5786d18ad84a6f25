import type { Run } from '../results/results.js';
import { figure } from '../rules/decision.js';
import { armTitle, phaseTitle } from './words.js';

const GROWTH = 'memoryGrowth.';

/** One sentence for each run that was long enough to see memory grow; the process that grew most comes first. */
export function memoryLines(runs: readonly Run[]): string[] {
  return runs.flatMap((run) => {
    const processes = Object.entries(run.estimated)
      .filter(([measure]) => measure.startsWith(GROWTH))
      .sort(([, a], [, b]) => b - a)
      .map(([measure, growth]) => {
        const process = measure.slice(GROWTH.length);
        const late = run.estimated[`memoryMegabytes.${process}`] ?? 0;
        return `${process} ${figure(late)} MB (${figure(growth)} times)`;
      });
    if (processes.length === 0) return [];
    const where = `${armTitle(run.arm)}, block ${run.block}, ${phaseTitle(run)}`;
    return [`Memory at the end, in times of that early on (${where}): ${processes.join(', ')}.`];
  });
}
