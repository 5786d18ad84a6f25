// What the test runs wrote about themselves (packages/testing/jest-totals-reporter.mjs), and the second try of files that failed.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';
import { runShown } from './run.mjs';

/**
 * @typedef {{ folder: string, file: string, name: string, passed: number, failed: number, skipped: number, seconds: number, failure?: string }} FileTotals
 * @typedef {{ files: FileTotals[], secondTries: string[], unfinished: string[] }} Totals what the last run of each file said,
 *   which files passed only on their second try, and the folders of runs that ended before their tests did
 */

/** A new file that runs add their totals to; gone when this process ends. */
export function totalsFile() {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  return join(scratch, 'totals.jsonl');
}

/** @param {string[]} lines @returns {Totals} */
export function sumUp(lines) {
  /** @type {Map<string, FileTotals>} */
  const files = new Map();
  const secondTries = [];
  /** @type {Map<string, number>} */
  const running = new Map();
  for (const line of lines) {
    const entry = JSON.parse(line);
    if (entry.begun || entry.ended) {
      running.set(entry.folder, (running.get(entry.folder) ?? 0) + (entry.begun ? 1 : -1));
      continue;
    }
    if ((files.get(entry.name)?.failed ?? 0) > 0 && entry.failed === 0) secondTries.push(entry.name);
    files.set(entry.name, entry);
  }
  const unfinished = [...running].filter(([, runs]) => runs > 0).map(([folder]) => folder);
  return { files: [...files.values()], secondTries, unfinished };
}

/** @param {string} path */
export function readLines(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

/**
 * In CI, runs each file that failed once more, alone, when all else has run: on a shared machine a test with real servers and
 * clocks may fail once without a fault in the code. Unit tests have neither, and get no second try. The totals tell of it.
 * @param {string} path where the runs wrote their totals
 * @param {NodeJS.ProcessEnv} env
 */
export async function secondTry(path, env) {
  if (!process.env.CI) return;
  const jest = ['--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js')];
  for (const { folder, file, name, failed } of sumUp(readLines(path)).files) {
    if (failed === 0) continue;
    console.log(`▸ second try: ${name}`);
    const args = [...jest, '--runInBand', '--forceExit', '--roots', '.', '--runTestsByPath', join(folder, file)];
    await runShown(
      process.execPath,
      args,
      { ...env, TEST_TOTALS_FILE: path, npm_lifecycle_event: 'second-try' },
      folder,
    );
  }
}

/**
 * Runs one script of a workspace whose tests are real ones, with a second try in CI. Resolves with the exit code.
 * @param {string} workspace
 * @param {string} script
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export async function runSuite(workspace, script, args, env) {
  const path = totalsFile();
  const command = ['run', '--silent', '--workspace', workspace, script, '--', ...args];
  const code = await runShown('npm', command, { ...env, TEST_TOTALS_FILE: path });
  if (code === 0) return 0;
  await secondTry(path, env);
  const { files, secondTries, unfinished } = sumUp(readLines(path));
  for (const name of secondTries) console.log(`⚠ passed only on its second try: ${name}`);
  return secondTries.length > 0 && unfinished.length === 0 && files.every(({ failed }) => failed === 0) ? 0 : code;
}
