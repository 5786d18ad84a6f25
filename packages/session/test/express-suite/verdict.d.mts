/** One test of the suite, as mocha's JSON reporter names it. */
export interface SuiteTest {
  readonly fullTitle: string;
  readonly err: { readonly message?: string };
}

/** Title → reason: the tests that docs/session.md lists as failing. */
export function listedFailures(page: string): Map<string, string>;

/** Every mistake of a run, in sentences; empty when the run is as listed. */
export function mistakesOf(tests: readonly SuiteTest[], listed: ReadonlyMap<string, string>): string[];
