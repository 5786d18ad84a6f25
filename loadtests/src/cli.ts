import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { readArguments, usage } from './cli/arguments.js';
import { progressLine } from './cli/progress-bar.js';
import { Comparer } from './compare.js';
import { resultsSchema } from './ledger/results.js';
import { judge } from './ledger/verdicts.js';
import { describeMachine } from './machine.js';
import { htmlReport } from './report/html.js';
import { markdownReport } from './report/markdown.js';
import { fullDose, quickDose } from './scenarios/dose.js';

const root = join(import.meta.dirname, '../..');
/** Ended by a signal. */
let interrupted = false;

async function main(): Promise<void> {
  const { mistakes, arguments: chosen } = readArguments(process.argv.slice(2));
  if (mistakes.length > 0) throw new Error(`${mistakes.join('\n')}\n\n${usage}`);
  if (chosen.help) return console.log(usage);

  const dataDir = process.env.DATA_DIR || join(root, '.data');
  const k6 = await obtainK6(dataDir);
  const startedAt = new Date();
  const comparer = new Comparer({
    ...chosen,
    k6,
    dose: chosen.quick ? quickDose : fullDose,
    onProgress: (done, all, title) => showProgress(progressLine(done, all, Date.now() - startedAt.getTime(), title)),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void comparer.end().then(() => process.exit(130));
    });
  }
  const runs = await comparer.run().catch(async (error: unknown) => {
    await comparer.end();
    throw error;
  });
  const results = resultsSchema.parse({
    startedAt: startedAt.toISOString(),
    seed: chosen.seed,
    machine: await describeMachine(k6.version),
    runs,
    verdicts: judge(runs),
  });

  const dir = join(root, 'loadtests/results', startedAt.toISOString().replace(/[:.]/g, '-'));
  await mkdir(dir, { recursive: true });
  const markdown = markdownReport(results);
  await Promise.all([
    writeFile(join(dir, 'results.json'), `${JSON.stringify(results, null, 2)}\n`),
    writeFile(join(dir, 'report.md'), markdown),
    writeFile(join(dir, 'report.html'), htmlReport(results)),
  ]);
  console.log(`\n${markdown}`);
  console.log(`${relative(process.cwd(), join(dir, 'report.html'))} has the pictures.`);
  if (runs.every(({ valid }) => !valid)) {
    process.stderr.write('No run was valid, so nothing can be told: the report says why for each.\n');
    process.exitCode = 1;
  }
}

/** One line that changes on a terminal, one line each elsewhere. */
function showProgress(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
}

main().catch((error: unknown) => {
  // What fails because we end it is no news; the handler of the signal ends the process when all is cleaned up.
  if (interrupted) return;
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
