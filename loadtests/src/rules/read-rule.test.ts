import { expect, test } from '@jest/globals';
import { readCountedRule, readEstimatedRule } from './read-rule.js';

const arms = ['sticky-cookie-local', 'round-robin-cached', 'round-robin-cached@twin', 'round-robin-cached@rtt=5ms'];

test('a counted clause has a measure, words, arms and an expectation', () => {
  expect(readCountedRule('loggedOut(bound, sticky-cookie-local) is all', arms)).toEqual({
    mistakes: [],
    clauses: [
      {
        text: 'loggedOut(bound, sticky-cookie-local) is all',
        measure: 'loggedOut.bound',
        phase: undefined,
        arms: ['sticky-cookie-local'],
        expected: { kind: 'all' },
      },
    ],
  });
});

test('a clause without arms is about those of the clause before it, the first about all', () => {
  const read = (text: string) => readCountedRule(text, arms).clauses.map((clause) => clause.arms);
  expect(read('loggedOut(bound, sticky-cookie-local) is all; loggedOut(unbound) is 0')).toEqual([
    ['sticky-cookie-local'],
    ['sticky-cookie-local'],
  ]);
  expect(read('loggedOut is none')).toEqual([arms]);
});

test('before and after choose the phase and stand anywhere among the words', () => {
  const { clauses } = readCountedRule('todosLost(before, bound, round-robin-cached) between 0.6 and 0.7;', arms);
  expect(clauses).toMatchObject([
    { measure: 'todosLost.bound', phase: 'before', expected: { kind: 'between', low: 0.6, high: 0.7 } },
  ]);
});

test('a number may be a limit', () => {
  const { clauses, mistakes } = readCountedRule('linesChanged is at most 30; linesChanged(code) is at least 1', arms);
  expect(mistakes).toEqual([]);
  expect(clauses).toMatchObject([
    { measure: 'linesChanged', expected: { kind: 'limit', low: 0, high: 30 } },
    { measure: 'linesChanged.code', expected: { kind: 'limit', low: 1, high: Number.MAX_VALUE } },
  ]);
});

test('the three forms of an estimated clause', () => {
  const { clauses, mistakes } = readEstimatedRule(
    'ratio(cpuUs.redis, round-robin-cached, round-robin-cached@rtt=5ms) < 0.8; same(p50Ms, before, round-robin-cached, round-robin-cached@twin) within 1.25; between(maxShareOverMean, round-robin-cached, 1, 1.1)',
    arms,
  );
  expect(mistakes).toEqual([]);
  expect(clauses).toMatchObject([
    { kind: 'ratio', measure: 'cpuUs.redis', a: arms[1], b: arms[3], low: 0, high: 0.8, margin: 1.25 },
    { kind: 'ratio', measure: 'p50Ms', phase: 'before', low: 0.8, high: 1.25, margin: 1.25 },
    { kind: 'between', measure: 'maxShareOverMean', arm: arms[1], low: 1, high: 1.1 },
  ]);
});

test.each([
  [
    'loggedOut(round-robin-cahced) is 0',
    'character 11: "round-robin-cahced" is no arm',
    'did you mean "round-robin-cached"?',
  ],
  ['loggedOut(ip-hash-local) is 0', 'character 11: "ip-hash-local" is no arm', 'choose from sticky-cookie-local'],
  ['loggedOut(round-robin-cached, bound) is 0', 'character 31: "bound" is no arm', 'choose from'],
  ['loggedOut(round-robin-cached is 0', 'character 30: "is" stands where ")" is expected', 'write measure('],
  ['loggedOut(round-robin-cached,) is 0', 'character 30: ")" follows a comma', 'write measure('],
  ['loggedOut equals 0', 'character 11: "equals" stands where "is" or "between"', 'write measure('],
  ['loggedOut is few', 'character 14: "few" is no count', 'write 0, all, none'],
  ['loggedOut is 0.5', 'character 14: "0.5" is no count', 'between 0.6 and 0.7'],
  ['loggedOut is', 'character 13: the end is no count', 'write 0, all, none'],
  ['loggedOut is at 3', 'character 17: "3" stands where "most" or "least"', 'write is at most 30'],
  ['loggedOut is at most 0.5', 'character 22: "0.5" is no whole number', 'write is at most 30'],
  ['loggedOut is at least all', 'character 23: "all" stands where a number', 'write is at most 30'],
  ['loggedOut between 0.7 and 0.6', 'character 27: "0.6" ends no range', 'the smaller first'],
  ['loggedOut between 60 and 70', 'character 26: "70" ends no range', 'numbers from 0 to 1'],
  ['loggedOut between 0.6 to 0.7', 'character 23: "to" stands where "and"', 'write between 0.6 and 0.7'],
  ['loggedOut is 0 todosLost is 0', 'character 16: "todosLost" stands behind', 'join clauses with ";"'],
  ['', 'character 1: the end stands where a name', 'write measure('],
  ['; loggedOut is 0', 'character 1: ";" stands where a name', 'write measure('],
  ['loggedOut is 0 %', 'character 16: "%" stands behind', 'join clauses'],
])('counted: %s', (text, where, fix) => {
  const { mistakes } = readCountedRule(text, arms);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]?.message).toContain(where);
  expect(mistakes[0]?.message).toContain(fix);
});

test.each([
  ['faster(p50Ms, sticky-cookie-local, round-robin-cached) < 1', 'character 1: "faster" is no form', 'write ratio('],
  ['ratio(p50Ms, round-robin-cached) < 1', 'character 1: "ratio" takes two different arms', 'write ratio('],
  ['ratio(p50Ms, round-robin-cached, round-robin-cached) < 1', 'takes two different arms', 'write ratio('],
  ['ratio(p50Ms, sticky-cookie-local, round-robin-cached) = 1', 'character 55: "=" stands where "<" or ">"', '< 1.1'],
  ['ratio(p50Ms, sticky-cookie-local, round-robin-cached) < 0', 'character 57: "0" is no ratio', 'above 0'],
  ['same(p50Ms, sticky-cookie-local, round-robin-cached) within 0.1', '"0.1" is no margin', 'a factor above 1'],
  ['same(p50Ms, sticky-cookie-local, round-robin-cached) < 1.1', '"<" stands where "within"', 'within 1.1'],
  ['between(p50Ms, round-robin-cached, 2, 1)', '"1" ends no range', 'the smaller number first'],
  ['between(p50Ms, round-robin-cached, 2)', '")" stands where "," is expected', 'write ratio('],
])('estimated: %s', (text, where, fix) => {
  const { mistakes } = readEstimatedRule(text, arms);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]?.message).toContain(where);
  expect(mistakes[0]?.message).toContain(fix);
});

test('every clause with a mistake is reported, not only the first', () => {
  const { mistakes, clauses } = readCountedRule('loggedOut is few; todosLost is 0; moved was 0', arms);
  expect(mistakes).toHaveLength(2);
  expect(clauses).toHaveLength(1);
});
