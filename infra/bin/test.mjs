// `npm test`: everything that CI runs, from a fresh clone, ending in `N passed, N failed`.
import { readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';
import { obtainTestTools } from './test-tools.mjs';
import { readLines, secondTry, sumUp, totalsFile } from './test-totals.mjs';

const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const problem = dataDirProblem(dataDir);
if (problem !== undefined) fail(problem);

endWithNpm();
await install();
const realTotals = totalsFile();

const binary = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);
const turboRun = (/** @type {string[]} */ ...args) => [binary('turbo'), 'run', ...args, '--continue'];

/** @type {FailedStep[]} */
const failedSteps = [];
/** @type {Timed[]} */
const steps = [];
await build();
const wanted = /** @type {const} */ ([
  'redis',
  'memcached',
  'chromium',
  'toxiproxy',
  'kafka',
  'nginx',
  'haproxy',
  'caddy',
]);
const { env: programs } = await obtainTestTools(dataDir, wanted);
const env = { ...turboEnv(), ...programs, TEST_TOTALS_FILE: realTotals };
/** Their tests measure time and use a core each, so nothing else runs beside them; the others mostly wait. */
const timed = ['@holdfast/proxy', '@holdfast/session'];

await step('format and lint', [binary('biome'), 'check', '--error-on-warnings', '.']);
await step('import rules', ['npm', 'run', '--silent', 'imports']);
await step('types', turboRun('typecheck', '--output-logs=errors-only'));
for (const file of unitTotals()) rmSync(file, { force: true });
await step('public API', ['npm', 'run', '--silent', 'api']);
await step('unit tests', turboRun('test'));
const others = timed.map((name) => `--filter=!${name}`);
await step('integration tests', turboRun('test:integration', '--concurrency=3', ...others));
const only = timed.map((name) => `--filter=${name}`);
await step('timed integration tests', turboRun('test:integration', '--concurrency=2', ...only));
await step('browser tests', turboRun('test:browser', '--concurrency=1'));

await secondTry(realTotals, env);

const unit = sumUp(unitTotals().flatMap(readLines));
const real = sumUp(readLines(realTotals));
const files = [...unit.files, ...real.files];
const count = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => files.reduce((sum, file) => sum + file[key], 0);
for (const { name, seconds } of steps.sort(bySeconds).slice(0, 3)) console.log(`… ${name}: ${seconds} s`);
for (const { name, seconds } of files.sort(bySeconds).slice(0, 5)) console.log(`…   ${name}: ${seconds} s`);
// Again at the end, where one looks first after minutes of output.
for (const name of real.secondTries) console.log(`⚠ passed only on its second try: ${name}`);
for (const { name, failure } of files) if (failure) console.log(`\n✗ ${name}\n${failure}`);
const unfinished = [...unit.unfinished, ...real.unfinished];
for (const folder of unfinished) console.log(`✗ the tests of ${relative(root, folder)} ended before they were done`);
// A step fails by its files, which count by themselves, or without any, such as lint, and counts as one failure.
const unexplained = failedSteps.filter(({ failedFiles }) => failedFiles === 0);
for (const { name } of unexplained) console.log(`✗ ${name}`);
const skipped = count('skipped');
const failed = count('failed') + unfinished.length + unexplained.length;
console.log(`${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);

/** Runs one step with its output shown. @param {string} name @param {string[]} command */
async function step(name, [file = '', ...args]) {
  const begun = Date.now();
  const before = failedFiles();
  console.log(`▸ ${name}`);
  const code = await runShown(file, args, env);
  if (code !== 0) failedSteps.push({ name, failedFiles: failedFiles() - before });
  const seconds = Math.round((Date.now() - begun) / 1000);
  steps.push({ name, seconds });
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
}

function failedFiles() {
  return sumUp([...unitTotals(), realTotals].flatMap(readLines)).files.filter(({ failed }) => failed > 0).length;
}

/** @typedef {{ name: string, failedFiles: number }} FailedStep */
/** @typedef {{ name: string, seconds: number }} Timed */

/** @param {Timed} a @param {Timed} b */
function bySeconds(a, b) {
  return b.seconds - a.seconds;
}

/** Where each workspace's unit tests leave their totals, also when turbo takes the run from its cache. */
function unitTotals() {
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name)),
  );
  return [...folders, 'infra', 'loadtests'].map((folder) => join(root, folder, '.totals', 'test.jsonl'));
}
