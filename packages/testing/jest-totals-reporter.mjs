import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

/**
 * Writes one JSON line of totals, failures, passes on a second try and times, so that `npm test` can sum over workspaces and
 * repeat them at its end. Unit tests write it to `.totals/` in their workspace, which turbo keeps and brings back with a cached
 * run; all others add it to the file named by TEST_TOTALS_FILE.
 */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const path = process.env.TEST_TOTALS_FILE;
    const totals = {
      passed: results.numPassedTests,
      // A file that cannot be loaded has no failing tests, but counts as failed.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      files: results.testResults.map((file) => ({
        name: place(file),
        seconds: Math.round((file.perfStats.end - file.perfStats.start) / 1000),
      })),
      secondTries: results.testResults.flatMap((file) =>
        file.testResults
          .filter((test) => test.status === 'passed' && (test.invocations ?? 1) > 1)
          .map((test) => `${place(file)} ${test.fullName}`),
      ),
      failures: results.testResults.filter((file) => file.failureMessage).map(describe),
    };
    const line = `${JSON.stringify(totals)}\n`;
    if (process.env.npm_lifecycle_event === 'test') {
      mkdirSync('.totals', { recursive: true });
      writeFileSync('.totals/test.jsonl', line);
    } else if (path) appendFileSync(path, line);
  }
}

/** @param {{ testFilePath: string, failureMessage: string }} file */
function describe(file) {
  return `${place(file)}\n${file.failureMessage}`;
}

/** @param {{ testFilePath: string }} file */
function place({ testFilePath }) {
  return `${basename(process.cwd())} ${relative(process.cwd(), testFilePath)}`;
}
