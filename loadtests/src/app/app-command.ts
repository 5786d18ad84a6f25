import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { BAD_ARGUMENTS, readFlags } from '../cli/bad-arguments.js';
import { endOnSignal } from '../cli/end-on-signal.js';
import { showProgress } from '../cli/progress-bar.js';
import { tellEmpty } from '../cli/tell-empty.js';
import { suggestion } from '../registry/nearest-name.js';
import { loadRegistry } from '../registry/registry.js';
import { markdownReport } from '../report/markdown.js';
import { readResults } from '../results/results-folder.js';
import { APP_USAGE, type AppArguments, readAppArguments } from './app-arguments.js';
import { appExperiment, armsOf } from './app-experiment.js';
import type { AppFile } from './app-file.js';
import { type AppComparison, AppRunner } from './compare-app.js';
import { readAppFile } from './read-app-file.js';

const root = join(import.meta.dirname, '../../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');
const QUICK_MEASURE = '10s';

/** `npm run compare -- --app <file>`. Exit codes are those of `npm run compare`; also 1 when the walk before the load fails. */
export async function appCommand(argv: readonly string[]): Promise<number> {
  const { mistakes, arguments: asked } = readAppArguments(argv);
  if (asked === undefined || mistakes.length > 0) return refuse([...mistakes, '', APP_USAGE]);
  const read = await readFileOf(asked.app);
  if (read.app === undefined) return refuse(read.mistakes);
  const comparison = await plan(read.app, asked, argv);
  if (Array.isArray(comparison)) return refuse(comparison);
  const runner = new AppRunner(comparison, await loadRegistry(), dataDir);
  endOnSignal(comparison.folder, () => runner.end());
  if (!(await runner.walk((text) => process.stderr.write(text)))) return 1;
  const results = await runner.run(showProgress);
  console.log(`\n${markdownReport(results)}`);
  console.log(`${relative(process.cwd(), join(comparison.folder, 'report.html'))} has the pictures.`);
  return tellEmpty(results) ? 1 : 0;
}

/** `npm run lab -- check <file>`: prints the arms and returns 0, or prints every mistake and returns 2. */
export async function checkCommand(argv: readonly string[]): Promise<number> {
  const [path, ...more] = readFlags({ args: [...argv], allowPositionals: true, options: {} }).positionals;
  if (path === undefined || more.length > 0) return refuse(['name one file: npm run lab -- check my-app.yaml']);
  const { app, mistakes } = await readFileOf(path);
  if (app === undefined) return refuse(mistakes);
  const arms = armsOf(app).map(({ name }) => name);
  console.log(`${path} is right: ${app.name}, ${app.replicas} servers, ${arms.length} arms (${arms.join(', ')}).`);
  console.log(`Try it: npm run compare -- --app ${path} --quick`);
  return 0;
}

async function readFileOf(path: string): Promise<{ app: AppFile | undefined; mistakes: readonly string[] }> {
  const full = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  const text = await readFile(full, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string')
    return {
      app: undefined,
      mistakes: [`${path} cannot be read (${text.code}); npm run lab -- init writes a first file`],
    };
  return readAppFile(full, text);
}

/** The comparison to run, or every mistake. */
async function plan(app: AppFile, asked: AppArguments, argv: readonly string[]): Promise<AppComparison | string[]> {
  const { resume, quick, faults, blocks, seed } = asked;
  const before = resume === undefined ? undefined : await readResults(join(resume, 'results.json'));
  if (before?.finished && before.runs.every(({ valid }) => valid)) return [`${resume} has nothing left to do.`];
  const all = armsOf(app);
  const known = all.map(({ name }) => name);
  const unknown = (asked.arms ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) return unknown.map((name) => `--scenario "${name}" is unknown; ${suggestion(name, known)}`);
  const wantsKill = faults === undefined || faults.includes('kill');
  if (app.servers !== undefined && faults?.includes('kill'))
    return ['--fault kill needs start: the lab kills no server that it did not start'];
  const kills = app.servers === undefined && wantsKill;
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const measure = quick ? QUICK_MEASURE : app.load.measure;
  const arms = all.filter(({ name }) => asked.arms?.includes(name) ?? true);
  return {
    ...{
      app,
      arms: before === undefined ? arms : all,
      before,
      seed: before?.seed ?? seed,
      blocks: before?.blocks ?? blocks,
    },
    experiment:
      before?.experiments[0] ??
      appExperiment(app, arms, {
        kills,
        measure,
        again: `npm run compare -- --app ${asked.app}${quick ? ' --quick' : ''}`,
      }),
    set: before?.set ?? (quick ? 'quick' : 'standard'),
    only: before?.only ?? { scenarios: null, faults: null },
    command: before?.command ?? `npm run compare -- ${argv.join(' ')}`,
    folder: resume === undefined ? join(root, 'loadtests/results', stamp) : resolve(resume),
  };
}

function refuse(mistakes: readonly string[]): number {
  process.stderr.write(`${mistakes.join('\n')}\n`);
  return BAD_ARGUMENTS;
}
