import { expect, test } from '@jest/globals';
import { junitReport } from './junit.js';
import { interruptedFixture, resultsFixture } from './results.fixture.js';

const xml = junitReport(resultsFixture());

test('a rule that holds passes, one that does not fails, one that cannot be told is skipped with its reason', () => {
  expect(xml).toContain('name="A shared store loses nobody."></testcase>');
  expect(xml).toMatch(/name="IP hash loses nobody\."><failure message="20 of 61 users[^"]*"\/>/);
  expect(xml).toMatch(
    /name="Nothing \| is &lt;em&gt;lost&lt;\/em&gt;\."><skipped message="no run of [^"]*--blocks 3"\/>/,
  );
});

test('an experiment without a valid run is an error', () => {
  expect(xml).toContain('name="has a valid run"><error message="no run was valid"/>');
  expect(xml).toMatch(/tests="2" failures="0" errors="1" skipped="1"/);
  expect(xml).toMatch(/<testsuite name="crash" tests="4" failures="1" errors="0" skipped="0">/);
});

test('an interrupted comparison is an error, and says how far it came', () => {
  const partial = junitReport(interruptedFixture());
  expect(partial).toContain('<error message="interrupted: 7 of 22 runs were made"/>');
  expect(xml).not.toContain('interrupted');
});

test('control characters, which XML cannot hold, are left out', () => {
  const { verdicts, ...rest } = resultsFixture();
  const [first] = verdicts;
  if (first === undefined) throw new Error('the fixture has verdicts');
  expect(junitReport({ ...rest, verdicts: [{ ...first, claim: 'a\u0000\u001bb', holds: true }] })).toContain(
    'name="ab"',
  );
});
