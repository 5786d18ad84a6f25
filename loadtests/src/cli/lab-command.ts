import { join } from 'node:path';
import { readSystem } from '@holdfast/infra';
import { behindEngines } from '../plan/behind-engines.js';
import { loadExperiments, withEveryBlock } from '../registry/experiments.js';
import { suggestion } from '../registry/nearest-name.js';
import { loadRegistry } from '../registry/registry.js';
import { markdownReport } from '../report/markdown.js';
import { readCount, readNames } from './arguments.js';
import { BAD_ARGUMENTS, readFlags } from './bad-arguments.js';
import { listParts, showEngine, showExperiment } from './lab-list.js';
import { runComparison } from './run-comparison.js';
import { tellEmpty } from './tell-empty.js';

const root = join(import.meta.dirname, '../../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');
const USUAL_BLOCKS = 3;

/** `npm run lab -- list | show <name> | run <name…> [--engine a,b] [--blocks n] [--seed n]`. Resolves with the exit code. */
export async function labCommand(command: 'list' | 'show' | 'run', argv: readonly string[]): Promise<number> {
  const registry = await loadRegistry();
  const experiments = loadExperiments(join(root, 'loadtests/experiments'), registry);
  if (command === 'list') {
    readFlags({ args: [...argv], options: {} });
    console.log(listParts(registry, experiments, readSystem()));
    return 0;
  }
  const mistakes: string[] = [];
  const { names, engines, blocks, usualBlocks, seed } = readRunArguments(argv, [...registry.engines.keys()], mistakes);
  const known = experiments.map(({ name }) => name);
  if (command === 'show') known.push(...registry.engines.keys());
  if (names.length === 0) mistakes.push(`name an experiment: ${known.join(', ')}`);
  for (const name of names) {
    if (!known.includes(name))
      mistakes.push(
        `there is no ${command === 'show' ? 'experiment and no engine' : 'experiment'} "${name}"; ${suggestion(name, known)} (npm run lab -- list)`,
      );
  }
  if (mistakes.length > 0) {
    process.stderr.write(`${mistakes.join('\n')}\n`);
    return BAD_ARGUMENTS;
  }
  const named = experiments.filter(({ name }) => names.includes(name));
  const chosen = usualBlocks ? named : withEveryBlock(named);
  if (command === 'show') {
    const shownEngines = [...registry.engines.values()].filter(({ id }) => names.includes(id));
    console.log(
      [
        ...chosen.map((experiment) => showExperiment(experiment, registry)),
        ...shownEngines.map((engine) => showEngine(engine, readSystem())),
      ].join('\n\n'),
    );
    return 0;
  }
  const only = { scenarios: null, faults: null };
  const folder = join(root, 'loadtests/results', new Date().toISOString().replace(/[:.]/g, '-'));
  const results = await runComparison(
    {
      ...{
        experiments: behindEngines(chosen, engines, registry, only),
        set: 'chosen',
        blocks,
        seed,
        freshFleets: true,
        folder,
        before: undefined,
      },
      only,
      command: `npm run lab -- run ${argv.join(' ')}`,
    },
    registry,
    dataDir,
  );
  console.log(`\n${markdownReport(results)}`);
  return tellEmpty(results) ? 1 : 0;
}

function readRunArguments(argv: readonly string[], engines: readonly string[], mistakes: string[]) {
  try {
    const { values, positionals } = readFlags({
      args: [...argv],
      allowPositionals: true,
      options: { engine: { type: 'string' }, blocks: { type: 'string' }, seed: { type: 'string' } },
    });
    return {
      names: positionals,
      engines: readNames('engine', values.engine, engines, mistakes),
      blocks: readCount('blocks', values.blocks, USUAL_BLOCKS, { low: 1, high: 100 }, mistakes),
      usualBlocks: values.blocks === undefined,
      seed: readCount('seed', values.seed, 1, { low: 0, high: 999_999_999 }, mistakes),
    };
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return { names: [], engines: undefined, blocks: USUAL_BLOCKS, usualBlocks: true, seed: 1 };
  }
}
