import type { Results } from '../results/results.js';

/** Says which experiments have no valid run, and whether there is one. */
export function tellEmpty(
  { experiments, runs }: Pick<Results, 'experiments' | 'runs'>,
  say: (line: string) => unknown = (line) => process.stderr.write(line),
): boolean {
  const empty = experiments.filter(({ name }) => !runs.some((run) => run.experiment === name && run.valid));
  for (const { name } of empty)
    say(`${name}: no run was valid, so nothing can be told; the report says why for each.\n`);
  return empty.length > 0;
}
