import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSystem } from '@holdfast/infra';
import { parse } from 'yaml';
import { claimsPage, claimsSchema } from '../report/claims.js';
import { drawPictures } from '../report/pictures.js';
import { fillPlaces, readmeTables } from '../report/readme-tables.js';
import type { Results } from '../results/results.js';
import { readResults } from '../results/results-folder.js';
import { judge } from '../rules/judge.js';
import { readFlags } from './bad-arguments.js';

const root = join(import.meta.dirname, '../../..');
const CLAIMS = join(root, 'docs/claims.md');
const README = join(root, 'README.md');
const IMAGES = join(root, 'docs/images');

/**
 * `npm run lab -- claims [--from results.json [--from more.json]]`: writes docs/claims.md, README's tables and the pictures of both, by
 * default from the newest folder of docs/data. Resolves with the exit code.
 */
export async function claimsCommand(argv: readonly string[]): Promise<number> {
  const { values } = readFlags({ args: [...argv], options: { from: { type: 'string', multiple: true } } });
  const pages = await claimsPages(values.from ?? (await newestData()));
  for (const [path, text] of pages) await writeFile(path, text);
  return 0;
}

/**
 * The pages that are written from these results, by path. For an experiment in several of them, the last one counts. All are judged
 * together: an experiment that was run again by itself is held to the level of the whole set, as it was before.
 */
export async function claimsPages(paths: readonly string[]): Promise<Map<string, string>> {
  const files = await Promise.all(paths.map(readResults));
  const latest = latestOfEach(files);
  const verdicts = judge(latest.experiments, latest.runs);
  const judged = files.map((results) => {
    const names = new Set(results.experiments.map(({ name }) => name));
    return { ...results, verdicts: verdicts.filter(({ experiment }) => names.has(experiment)) };
  });
  const claims = claimsSchema.parse(parse(await readFile(join(root, 'loadtests/claims.yaml'), 'utf8')));
  const { scenarios } = readSystem();
  const pictures = drawPictures(latest, scenarios);
  return new Map([
    [CLAIMS, claimsPage(claims, judged, pictures)],
    [README, fillPlaces(await readFile(README, 'utf8'), readmeTables(latest, scenarios, pictures))],
    ...pictures.map(({ file, svg }) => [join(IMAGES, file), svg] as const),
  ]);
}

/** The experiments of all files, each with the runs of the last file that has it. */
function latestOfEach(files: readonly Results[]): Pick<Results, 'experiments' | 'runs'> {
  const parts = files.map(({ experiments, runs }, n) => {
    const later = new Set(files.slice(n + 1).flatMap((results) => results.experiments.map(({ name }) => name)));
    return {
      experiments: experiments.filter(({ name }) => !later.has(name)),
      runs: runs.filter(({ experiment }) => !later.has(experiment)),
    };
  });
  return { experiments: parts.flatMap(({ experiments }) => experiments), runs: parts.flatMap(({ runs }) => runs) };
}

/** Every file of results in the newest folder of docs/data, in the order of their names. */
export async function newestData(): Promise<string[]> {
  const data = join(root, 'docs/data');
  const [newest = ''] = (await readdir(data)).sort().reverse();
  const files = (await readdir(join(data, newest))).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => join(data, newest, name));
}
