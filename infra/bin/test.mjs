// `npm test`: everything that CI runs, from a fresh clone, ending in `N passed, N failed`.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { runShown } from './run.mjs';
import { obtainTestTools } from './test-tools.mjs';

const dataDir = resolve(root, process.env.DATA_DIR || '.data');
const problem = dataDirProblem(dataDir);
if (problem !== undefined) fail(problem);

endWithNpm();
await install();
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const totalsFile = join(scratch, 'totals.jsonl');

const binary = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);
const turboRun = (/** @type {string[]} */ ...args) => [binary('turbo'), 'run', ...args, '--continue'];

/** @type {string[]} */
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
  'prometheus',
]);
const { env: programs } = await obtainTestTools(dataDir, wanted);
const env = { ...turboEnv(), ...programs, TEST_TOTALS_FILE: totalsFile };
/** Their tests use both cores and measure time, so nothing runs beside them; the others mostly wait. */
const timed = ['@holdfast/proxy', '@holdfast/session'];

await step('format and lint', [binary('biome'), 'check', '--error-on-warnings', '.']);
await step('import rules', ['npm', 'run', '--silent', 'imports']);
await step('types', turboRun('typecheck', '--output-logs=errors-only'));
for (const file of unitTotals()) rmSync(file, { force: true });
await step('public API', ['npm', 'run', '--silent', 'api']);
await step('unit tests', turboRun('test'));
const others = timed.map((name) => `--filter=!${name}`);
await step('integration tests', turboRun('test:integration', '--concurrency=2', ...others));
const only = timed.map((name) => `--filter=${name}`);
await step('timed integration tests', turboRun('test:integration', '--concurrency=1', ...only));
await step('browser tests', turboRun('test:browser', '--concurrency=1'));

const { passed, failed, skipped, secondTries, failures, files } = sumTotals();
for (const { name, seconds } of steps.sort(bySeconds).slice(0, 3)) console.log(`… ${name}: ${seconds} s`);
for (const { name, seconds } of files.sort(bySeconds).slice(0, 5)) console.log(`…   ${name}: ${seconds} s`);
// Again at the end, where one looks first after minutes of output.
for (const test of secondTries) console.log(`⚠ passed only on its second try: ${test}`);
for (const failure of failures) console.log(`\n✗ ${failure}`);
for (const name of failedSteps) console.log(`✗ ${name}`);
// A step without tests of its own, such as lint, counts as one failure.
const failedInAll = failed + failedSteps.filter((name) => !name.endsWith('tests')).length;
const allFailed = failedInAll === 0 && failedSteps.length > 0 ? failedSteps.length : failedInAll;
console.log(`${passed} passed, ${allFailed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(allFailed === 0 ? 0 : 1);

/** Runs one step with its output shown. @param {string} name @param {string[]} command */
async function step(name, [file = '', ...args]) {
  const begun = Date.now();
  console.log(`▸ ${name}`);
  const code = await runShown(file, args, env);
  if (code !== 0) failedSteps.push(name);
  const seconds = Math.round((Date.now() - begun) / 1000);
  steps.push({ name, seconds });
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
}

function sumTotals() {
  /** @type {{ passed: number, failed: number, skipped: number, secondTries: string[], failures: string[], files: Timed[] }} */
  const sum = { passed: 0, failed: 0, skipped: 0, secondTries: [], failures: [], files: [] };
  for (const line of [totalsFile, ...unitTotals()].flatMap(readLines)) {
    const totals = JSON.parse(line);
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) sum[key] += totals[key];
    sum.secondTries.push(...totals.secondTries);
    sum.failures.push(...totals.failures);
    sum.files.push(...totals.files);
  }
  return sum;
}

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
  return [...folders, 'infra', 'loadtests']
    .map((folder) => join(root, folder, '.totals', 'test.jsonl'))
    .filter((path) => existsSync(path));
}

/** @param {string} path */
function readLines(path) {
  try {
    return readFileSync(path, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
