import type { Experiment } from '../results/results.js';
import { OUR_ENGINE } from './engine-names.js';

/** The command that runs an experiment again with this number of blocks, behind the same load balancers. */
export function againCommand(
  { name, again, engines = [OUR_ENGINE] }: Pick<Experiment, 'name' | 'again' | 'engines'>,
  blocks: number,
): string {
  if (again !== undefined) return `${again} --repeat ${blocks}`;
  const behind = engines.some((engine) => engine !== OUR_ENGINE) ? ` --engine ${engines.join(',')}` : '';
  return `npm run lab -- run ${name}${behind} --blocks ${blocks}`;
}
