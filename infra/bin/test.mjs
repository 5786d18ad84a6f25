// `npm test`: everything that CI runs, from a fresh clone, ending in `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { endWithNpm } from './parent-watch.mjs';
import { build, fail, install, turboEnv } from './prepare.mjs';
import { root } from './root.mjs';
import { endWithUs } from './run.mjs';

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
const env = { ...turboEnv(), ...(await obtainTools()), TEST_TOTALS_FILE: totalsFile };

await step('format and lint', [binary('biome'), 'check', '--error-on-warnings', '.']);
await step('import rules', ['npm', 'run', '--silent', 'imports']);
await step('types', turboRun('typecheck', '--output-logs=errors-only'));
for (const file of unitTotals()) rmSync(file, { force: true });
await step('unit tests', turboRun('test'));
// One after the other: they start real servers and measure time.
await step('integration tests', turboRun('test:integration', '--concurrency=1'));
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

/**
 * Redis, Chromium, k6 and Kafka for the tests, and a loud line for each that cannot be had.
 * @returns {Promise<Record<string, string>>} variables that point the tests to them
 */
async function obtainTools() {
  const tools = await import('../dist/index.js');
  const say = tools.sayOnStderr;
  if ((tools.findRedisBinary() ?? (await tools.installRedis(say))) === undefined) missing('Redis', tools.howToGetRedis);
  const chromium = await tools.obtainChromium();
  if (chromium === undefined) missing('Chromium', tools.howToGetChromium);
  const k6 = await tools.obtainK6(dataDir).catch((/** @type {Error} */ error) => missing('k6', error.message));
  await tools.obtainKafkaProgram(dataDir).catch((/** @type {Error} */ error) => missing('Kafka', error.message));
  return {
    ...(chromium !== undefined && { CHROMIUM_BIN: chromium }),
    ...(k6 !== undefined && k6.args.length === 0 && { K6_BIN: k6.command }),
  };
}

/** @param {string} what @param {string} how */
function missing(what, how) {
  console.error(`!!! WITHOUT ${what.toUpperCase()}: the tests that need it are skipped or fail. ${how}`);
  return undefined;
}

/** Runs one step with its output shown. @param {string} name @param {string[]} command */
async function step(name, [file = '', ...args]) {
  const begun = Date.now();
  console.log(`▸ ${name}`);
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const endChild = endWithUs(child);
  const code = await new Promise((done) => {
    child.once('error', () => done(127));
    child.once('close', done);
  });
  endChild.forget();
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
