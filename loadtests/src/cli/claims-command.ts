import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSystem } from '@holdfast/infra';
import { parse } from 'yaml';
import { claimsPage, claimsSchema } from '../report/claims.js';
import { fillPlaces, readmeTables } from '../report/readme-tables.js';
import { readResults } from '../results/results-folder.js';
import { judge } from '../rules/judge.js';

const root = join(import.meta.dirname, '../../..');
const CLAIMS = join(root, 'docs/claims.md');
const README = join(root, 'README.md');

/**
 * `npm run lab -- claims [--from results.json [--from more.json]]`: writes docs/claims.md and README's tables, by default from the
 * newest folder of docs/data. Resolves with the exit code.
 */
export async function claimsCommand(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { from: { type: 'string', multiple: true } } });
  const pages = await claimsPages(values.from ?? (await newestData()));
  for (const [path, text] of pages) await writeFile(path, text);
  return 0;
}

/** The pages that are written from these results, by path. For an experiment in several of them, the last one counts. */
export async function claimsPages(paths: readonly string[]): Promise<Map<string, string>> {
  const judged = await Promise.all(
    paths.map(async (path) => {
      const results = await readResults(path);
      return { ...results, verdicts: judge(results.experiments, results.runs) };
    }),
  );
  const claims = claimsSchema.parse(parse(await readFile(join(root, 'loadtests/claims.yaml'), 'utf8')));
  const tables = readmeTables(
    { experiments: judged.flatMap(({ experiments }) => experiments), runs: judged.flatMap(({ runs }) => runs) },
    readSystem().scenarios,
  );
  return new Map([
    [CLAIMS, claimsPage(claims, judged)],
    [README, fillPlaces(await readFile(README, 'utf8'), tables)],
  ]);
}

/** Every file of results in the newest folder of docs/data, in the order of their names. */
export async function newestData(): Promise<string[]> {
  const data = join(root, 'docs/data');
  const [newest = ''] = (await readdir(data)).sort().reverse();
  const files = (await readdir(join(data, newest))).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => join(data, newest, name));
}
