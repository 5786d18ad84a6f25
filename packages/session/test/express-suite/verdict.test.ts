import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { listedFailures, mistakesOf, type SuiteTest } from './verdict.mjs';

const PAGE = `## Other

| \`not listed\` | elsewhere |

### express-session's own suite

| test | why it fails |
|---|---|
| \`session() a\` | reason a |

## Next

| \`not listed either\` | elsewhere |
`;

const results = (...failures: string[]): SuiteTest[] => [
  ...Array.from({ length: 160 - failures.length }, (_, n) => ({ fullTitle: `passes ${n}`, err: {} })),
  ...failures.map((fullTitle) => ({ fullTitle, err: { message: 'expected 1' } })),
];

describe("the verdict on express-session's own suite", () => {
  const listed = listedFailures(PAGE);

  test('reads the failures, with their reasons, from their section of the page alone', () => {
    expect([...listed]).toEqual([['session() a', 'reason a']]);
  });

  test('accepts a run in which exactly the listed tests fail', () => {
    expect(mistakesOf(results('session() a'), listed)).toEqual([]);
  });

  test('names a failure that is not listed', () => {
    expect(mistakesOf(results('session() a', 'session() b'), listed)).toEqual([
      'failed, and is not listed in docs/session.md: session() b: expected 1',
    ]);
  });

  test('names a listed test that passes now', () => {
    expect(mistakesOf(results(), listed)).toEqual([
      'is listed in docs/session.md as failing, and did not fail: session() a',
    ]);
  });

  test('refuses a third failure even if it is listed, and a run that is not whole', () => {
    const three = new Map(['a', 'b', 'c'].map((title) => [title, 'reason']));
    expect(mistakesOf(results('a', 'b', 'c'), three)).toEqual(['3 tests failed; at most 2 may']);
    expect(mistakesOf([], new Map())).toEqual(['0 tests ran; v1.19.0 has 160']);
  });

  test('docs/session.md lists at most two, each with a reason', () => {
    const page = readFileSync(new URL('../../../../docs/session.md', import.meta.url), 'utf8');
    const inDocs = listedFailures(page);
    expect(inDocs.size).toBeLessThanOrEqual(2);
    for (const reason of inDocs.values()) expect(reason.length).toBeGreaterThan(20);
  });
});
