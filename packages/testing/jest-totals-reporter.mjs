import { appendFileSync } from 'node:fs';

/** Adds one JSON line of totals to the file named by TEST_TOTALS_FILE, so that `npm test` can sum over workspaces. */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const path = process.env.TEST_TOTALS_FILE;
    if (!path) return;
    const totals = {
      passed: results.numPassedTests,
      // A file that cannot be loaded has no tests to fail, and has failed.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    appendFileSync(path, `${JSON.stringify(totals)}\n`);
  }
}
