import { appendFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

/**
 * Adds one JSON line of totals, failures and passes on a second try to the file named by TEST_TOTALS_FILE, so that
 * `npm test` can sum over workspaces and repeat them at its end.
 */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const path = process.env.TEST_TOTALS_FILE;
    if (!path) return;
    const totals = {
      passed: results.numPassedTests,
      // A file that cannot be loaded has no tests to fail, and has failed.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      secondTries: results.testResults.flatMap((file) =>
        file.testResults
          .filter((test) => test.status === 'passed' && (test.invocations ?? 1) > 1)
          .map((test) => `${place(file)} ${test.fullName}`),
      ),
      failures: results.testResults.filter((file) => file.failureMessage).map(describe),
    };
    appendFileSync(path, `${JSON.stringify(totals)}\n`);
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
