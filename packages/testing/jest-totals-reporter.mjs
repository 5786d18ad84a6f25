import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

/**
 * Writes a JSON line when a run begins and one for each of its files when it ends, so that `npm test` can sum over workspaces,
 * repeat the failures at its end, and notice a run that ended before its tests did. Unit tests write to `.totals/` in their
 * workspace, which turbo keeps and brings back with a cached run; all others add to the file named by TEST_TOTALS_FILE.
 */
export default class TotalsReporter {
  onRunStart() {
    write([{ folder: process.cwd(), begun: true }]);
  }

  onRunComplete(_contexts, results) {
    write([...results.testResults.map(totalsOf), { folder: process.cwd(), ended: true }]);
  }
}

/** @param {object[]} entries */
function write(entries) {
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  if (process.env.npm_lifecycle_event === 'test') {
    mkdirSync('.totals', { recursive: true });
    // A run that begins takes the place of the one before.
    if ('begun' in (entries[0] ?? {})) writeFileSync('.totals/test.jsonl', lines);
    else appendFileSync('.totals/test.jsonl', lines);
  } else if (process.env.TEST_TOTALS_FILE) appendFileSync(process.env.TEST_TOTALS_FILE, lines);
}

/** @param {import('@jest/test-result').TestResult} result */
function totalsOf(result) {
  const file = relative(process.cwd(), result.testFilePath);
  return {
    folder: process.cwd(),
    file,
    name: `${basename(process.cwd())} ${file}`,
    passed: result.numPassingTests,
    // A file that cannot be loaded has no failing tests, but counts as failed.
    failed: result.numFailingTests || (result.failureMessage ? 1 : 0),
    skipped: result.numPendingTests + result.numTodoTests,
    seconds: Math.round((result.perfStats.end - result.perfStats.start) / 1000),
    ...(result.failureMessage && { failure: result.failureMessage }),
  };
}
