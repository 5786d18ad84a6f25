import { join, relative, resolve } from 'node:path';
import { readSystem } from '@holdfast/infra';
import { appCommand } from './app/app-command.js';
import { readCompareArguments, usage } from './cli/arguments.js';
import { BAD_ARGUMENTS, tellFailure } from './cli/bad-arguments.js';
import { type Comparison, runComparison } from './cli/run-comparison.js';
import { tellEmpty } from './cli/tell-empty.js';
import { behindEngines } from './plan/behind-engines.js';
import { experimentsOf, loadExperiments, withEveryBlock } from './registry/experiments.js';
import { loadRegistry } from './registry/registry.js';
import { markdownReport } from './report/markdown.js';
import type { Results } from './results/results.js';
import { folderOfReports, ResultsFolder, readResults } from './results/results-folder.js';
import { compareResults } from './rules/compare-results.js';
import { judge } from './rules/judge.js';

const root = join(import.meta.dirname, '../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');

/** `npm run compare`. Exit codes: 0 with any verdict; 1 a regression, or an experiment without a valid run; 2 bad arguments; 130 Ctrl-C. */
async function main(argv: readonly string[]): Promise<number> {
  if (argv.some((word) => word === '--app' || word.startsWith('--app='))) return appCommand(argv);
  const registry = await loadRegistry();
  const known = {
    arms: Object.keys(readSystem().scenarios),
    disturbances: [...registry.disturbances.keys()],
    engines: [...registry.engines.keys()],
  };
  const { mistakes, arguments: asked } = readCompareArguments(argv, known);
  if (mistakes.length > 0) return refuse(`${mistakes.join('\n')}\n\n${usage(known)}`);
  if (asked.help) {
    console.log(usage(known));
    return 0;
  }
  const against = asked.against === undefined ? undefined : await readResults(asked.against);
  let results: Results;
  let folder: string;
  if (asked.from !== undefined) {
    const read = await readResults(asked.from);
    results = { ...read, verdicts: judge(read.experiments, read.runs) };
    folder = folderOfReports(asked.from);
  } else {
    const comparison = await plan(argv);
    if (typeof comparison === 'string') return refuse(comparison);
    results = await runComparison(comparison, registry, dataDir);
    folder = comparison.folder;
  }
  // A comparison that was run has been written, without its changes.
  if (asked.from !== undefined || against !== undefined) await new ResultsFolder(folder).write(results, against);
  console.log(`\n${markdownReport(results, { against })}`);
  console.log(`${relative(process.cwd(), join(folder, 'report.html'))} has the pictures.`);
  return verdictOf(results, against);

  async function plan(words: readonly string[]): Promise<Comparison | string> {
    const resumed = asked.resume;
    const before = resumed === undefined ? undefined : await readResults(join(resumed, 'results.json'));
    if (before?.app !== undefined)
      return `${resumed} is a comparison of ${before.app}; add --app with the file of that app`;
    if (before?.finished && before.runs.every(({ valid }) => valid))
      return `${resumed} has nothing left to do: every run of it is there and valid.`;
    const ofSet = experimentsOf(asked.set, loadExperiments(join(root, 'loadtests/experiments'), registry));
    const wanted = asked.usualBlocks ? ofSet : withEveryBlock(ofSet);
    const only = before?.only ?? { scenarios: asked.scenarios ?? null, faults: asked.faults ?? null };
    const experiments = before?.experiments ?? behindEngines(wanted, asked.engines, registry, only);
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    return {
      ...{ experiments, before, only, seed: before?.seed ?? asked.seed, set: before?.set ?? asked.set },
      blocks: before?.blocks ?? asked.blocks,
      freshFleets: (before?.set ?? asked.set) !== 'quick',
      command: before?.command ?? ['npm run compare', ...(words.length > 0 ? ['--', ...words] : [])].join(' '),
      folder: resumed === undefined ? join(root, 'loadtests/results', stamp) : resolve(resumed),
    };
  }
}

/** Prints the regressions since the earlier comparison, and the experiments without a valid run. */
function verdictOf(results: Results, against: Results | undefined): number {
  const compared = against === undefined ? undefined : compareResults(results, against);
  for (const { sentence, isRegression } of compared?.changes ?? []) {
    process.stderr.write(`${isRegression ? 'worse than before' : 'changed'}: ${sentence}\n`);
  }
  return tellEmpty(results) || compared?.isRegression ? 1 : 0;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return BAD_ARGUMENTS;
}

process.exitCode = await main(process.argv.slice(2)).catch(tellFailure);
