import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * Adds one JSON line of totals and failures to the file named by TEST_TOTALS_FILE, so that `npm test` can sum over
 * workspaces and repeat at its end what failed.
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
      failures: results.testResults.filter((file) => file.failureMessage).map(describe),
    };
    appendFileSync(path, `${JSON.stringify(totals)}\n`);
  }
}

/** @param {{ testFilePath: string, failureMessage: string }} file */
function describe({ testFilePath, failureMessage }) {
  return `${process.env.npm_package_name ?? ''} ${relative(process.cwd(), testFilePath)}\n${failureMessage}`;
}
