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
const [timedTotals, otherTotals] = [totalsFile(), totalsFile()];

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
const env = { ...turboEnv(), ...programs };
/** Their tests have limits of time and mostly wait, so the others run beside them, but no more than that. */
const timed = ['@holdfast/proxy', '@holdfast/session'];

await step('format and lint', [binary('biome'), 'check', '--error-on-warnings', '.']);
await step('import rules', ['npm', 'run', '--silent', 'imports']);
await step('types', turboRun('typecheck', '--output-logs=errors-only'));
for (const file of unitTotals()) rmSync(file, { force: true });
await step('public API', ['npm', 'run', '--silent', 'api']);
const others = timed.map((name) => `--filter=!${name}`);
const only = timed.map((name) => `--filter=${name}`);
await step('unit tests', turboRun('test'));
// All is built: a build beside them would write the files that they run.
const integration = (/** @type {string[]} */ ...filters) => turboRun('test:integration', '--only', ...filters);
await Promise.all([
  step('timed integration tests', integration('--concurrency=2', ...only), timedTotals),
  step('integration tests', integration('--concurrency=3', ...others), otherTotals),
]);
await step('browser tests', turboRun('test:browser', '--only', '--concurrency=1'), otherTotals);

for (const totals of [timedTotals, otherTotals]) await secondTry(totals, env);

const unit = sumUp(unitTotals().flatMap(readLines));
const real = sumUp([timedTotals, otherTotals].flatMap(readLines));
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

/**
 * Runs one step with its output shown.
 * @param {string} name @param {string[]} command
 * @param {string} [totals] where its tests write what they say; none for unit tests, which write to their workspaces
 */
async function step(name, [file = '', ...args], totals) {
  const begun = Date.now();
  const before = failedFiles(totals);
  console.log(`▸ ${name}`);
  const code = await runShown(file, args, totals === undefined ? env : { ...env, TEST_TOTALS_FILE: totals });
  if (code !== 0) failedSteps.push({ name, failedFiles: failedFiles(totals) - before });
  const seconds = Math.round((Date.now() - begun) / 1000);
  steps.push({ name, seconds });
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
}

/** @param {string} [totals] */
function failedFiles(totals) {
  const lines = totals === undefined ? unitTotals().flatMap(readLines) : readLines(totals);
  return sumUp(lines).files.filter(({ failed }) => failed > 0).length;
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
