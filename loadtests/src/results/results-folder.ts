import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { BadArguments } from '../cli/bad-arguments.js';
import type { UserLedger } from '../ledger/user-ledger.js';
import { htmlReport } from '../report/html.js';
import { junitReport } from '../report/junit.js';
import { markdownReport } from '../report/markdown.js';
import { type Results, type Run, resultsSchema } from './results.js';

/** The folder of one comparison: results.json, the reports drawn from it, and the ledgers that its runs were counted from. */
export class ResultsFolder {
  constructor(readonly path: string) {}

  /** With `against`, page and Markdown begin with the changes since that comparison. */
  async write(results: Results, against?: Results): Promise<void> {
    await mkdir(this.path, { recursive: true });
    await Promise.all([
      this.writeWhole('results.json', `${JSON.stringify(results, null, 1)}\n`),
      writeFile(join(this.path, 'report.md'), markdownReport(results, { against })),
      writeFile(join(this.path, 'report.html'), htmlReport(results, against === undefined ? {} : { against })),
      writeFile(join(this.path, 'junit.xml'), junitReport(results)),
    ]);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** The file has its old or its new content at any time that the process ends: `--resume` reads it after Ctrl-C. */
  private async writeWhole(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  /** Writes the requests and answers of every user of a run and, beside them, k6's own summary of it. */
  async writeLedgers(
    { experiment, block, arm }: Run,
    ledgers: readonly UserLedger[],
    summary: string | undefined,
  ): Promise<void> {
    const write = async (folder: string, text: string): Promise<void> => {
      await mkdir(join(this.path, folder), { recursive: true });
      await writeFile(join(this.path, folder, `${experiment}-${block}-${arm}.json`), text);
    };
    await write('ledgers', JSON.stringify(ledgers));
    if (summary !== undefined) await write('summaries', summary);
  }
}

/**
 * The folder for the reports of a results.json that the user named: the same folder. A file of another name gets a folder of its
 * own name, so that the results.json beside it, which is another comparison, is kept.
 */
export function folderOfReports(path: string): string {
  const { dir, base, name } = parse(resolve(path));
  return base === 'results.json' ? dir : join(dir, name);
}

/** The file that the user named is no results.json of the lab. */
export class UnreadableResults extends BadArguments {}

/** Reads a results.json. Throws an `UnreadableResults` that names the mistake in it. */
export async function readResults(path: string): Promise<Results> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UnreadableResults(`${path} cannot be read; give a results.json that \`npm run compare\` wrote`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableResults(`${path} is no JSON`);
  }
  const parsed = resultsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnreadableResults(
    `${path} is no results.json of this version: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}
