import { readSystem } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { fillPlaces, readmeTables } from './readme-tables.js';
import { resultsFixture } from './results.fixture.js';

test('the scenarios of the experiment with a kill have their counts before it and from it on', () => {
  const { scenarios } = readmeTables(resultsFixture(), readSystem().scenarios);
  expect(scenarios).toContain('| scenario | routing, state | logins lost |');
  expect(scenarios).toMatch(
    /\| `sticky-cookie-local` \| Sticky cookie, server memory \| 0 of \d+ \| [1-9]\d* of \d+ \|/,
  );
});

test('a cell of the classic table that was not measured says so', () => {
  const { classic } = readmeTables({ experiments: [], runs: [] }, readSystem().scenarios);
  expect(classic?.match(/not measured/g)).toHaveLength(25);
});

test('tables replace what stands in their places, and nothing else', () => {
  const page = 'a\n<!-- one -->\nold\n<!-- /one -->\nb\n';
  expect(fillPlaces(page, { one: 'new' })).toBe('a\n<!-- one -->\nnew\n<!-- /one -->\nb\n');
  expect(() => fillPlaces(page, { two: 'x' })).toThrow('no place for the table "two"');
});
