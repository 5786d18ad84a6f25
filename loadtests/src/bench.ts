/** `npm run bench -- session|chat|events|proxy|loadtests [--only part,part] [--quick]`: some experiments of the lab, with one table for each part. */
import { join } from 'node:path';
import { BENCHES, GROUPS, type Part } from './bench/benches.js';
import { tableOf } from './bench/table-of.js';
import { BadArguments, readFlags, tellFailure } from './cli/bad-arguments.js';
import { runComparison } from './cli/run-comparison.js';
import { loadExperiments } from './registry/experiments.js';
import { loadRegistry } from './registry/registry.js';
import { verdictWord } from './report/words.js';
import type { Results } from './results/results.js';

const root = join(import.meta.dirname, '../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = tellFailure(error);
}

async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = readFlags({
    args: [...argv],
    allowPositionals: true,
    options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const [bench = ''] = positionals;
  const parts = BENCHES[bench] ?? {};
  const names = Object.keys(parts);
  const wanted = values.only?.split(',').flatMap((name) => GROUPS[name.trim()] ?? [name.trim()]) ?? names;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new BadArguments(`--only "${unknown.join(',')}" is unknown; choose from ${names.join(', ')}`);
  for (const [name, part] of Object.entries(parts)) {
    if (!wanted.includes(name)) continue;
    const command = `npm run bench -- ${bench} --only ${name}${values.quick ? ' --quick' : ''}`;
    const folder = join(
      root,
      'loadtests/results',
      `${bench}-${name}-${new Date().toISOString().replace(/[:.]/g, '-')}`,
    );
    show(await run(part, values.quick, command, folder), part, values.quick, folder);
  }
}

async function run(part: Part, quick: boolean, command: string, folder: string): Promise<Results> {
  const registry = await loadRegistry();
  const all = loadExperiments(join(root, 'loadtests/experiments'), registry);
  const experiments = all.filter(({ name }) => part.experiments.includes(name)).map((one) => part.sized(one, quick));
  return runComparison(
    {
      ...{ experiments, command, folder, set: 'chosen', seed: 1, freshFleets: false, before: undefined },
      ...{ blocks: quick ? 1 : (part.blocks ?? 1), only: { scenarios: null, faults: null } },
    },
    registry,
    dataDir,
  );
}

/** A quick bench has too few runs for some rules. */
function show(results: Results, { columns }: Part, quick: boolean, folder: string): void {
  for (const { question } of results.experiments) console.log(question);
  console.table(tableOf(results, columns));
  for (const verdict of results.verdicts.filter(({ holds }) => !quick || holds !== null))
    console.log(`  ${verdictWord(verdict)}: ${verdict.claim} ${verdict.because}`);
  console.log(folder);
}
