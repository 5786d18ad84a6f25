const HEADING = "### express-session's own suite";
/** Of the 160 tests of v1.19.0. */
const TESTS = 160;
const MAX_FAILURES = 2;

/** @type {typeof import('./verdict.d.mts').listedFailures} */
export function listedFailures(page) {
  const [, section = ''] = page.split(HEADING);
  const [own = ''] = section.split(/^#{1,3} /m);
  const rows = [...own.matchAll(/^\| `(.+?)` \| (.+?) \|$/gm)];
  return new Map(rows.map(([, title = '', reason = '']) => [title, reason]));
}

/** @type {typeof import('./verdict.d.mts').mistakesOf} */
export function mistakesOf(tests, listed) {
  const failed = tests.filter(({ err }) => Object.keys(err).length > 0);
  const failedTitles = new Set(failed.map(({ fullTitle }) => fullTitle));
  const mistakes = [];
  if (tests.length !== TESTS) mistakes.push(`${tests.length} tests ran; v1.19.0 has ${TESTS}`);
  if (failed.length > MAX_FAILURES) mistakes.push(`${failed.length} tests failed; at most ${MAX_FAILURES} may`);
  for (const { fullTitle, err } of failed) {
    if (!listed.has(fullTitle))
      mistakes.push(`failed, and is not listed in docs/session.md: ${fullTitle}: ${err.message}`);
  }
  for (const title of listed.keys()) {
    if (!failedTitles.has(title)) mistakes.push(`is listed in docs/session.md as failing, and did not fail: ${title}`);
  }
  return mistakes;
}
