import { expect, test } from '@jest/globals';
import { type Evidence, invalidBecause } from './validity.js';

const good: Evidence = {
  ...{ fault: 'F1', users: 25, finishedUsers: 25, loggedIn: 25, requests: 1000, failedRequests: 2 },
  ...{ todosAcknowledged: 50, generatorLateMs: 12, faultConfirmed: true },
};

test('L1: a run with enough promises, few failures and its fault injected is valid', () => {
  expect(invalidBecause(good)).toBeNull();
});

test.each<[string, Partial<Evidence>, string]>([
  ['nobody could register', { loggedIn: 0, todosAcknowledged: 0, failedRequests: 1000 }, 'only 0 users were ever'],
  ['no todo was acknowledged', { todosAcknowledged: 0 }, 'only 0 todos were acknowledged'],
  ['too many requests failed', { failedRequests: 60 }, '60 of 1000 requests failed, more than 5 %'],
  ['a calm run had failures', { fault: 'none', failedRequests: 11 }, '11 of 1000 requests failed, more than 1 %'],
  ['the fault was not run', { faultConfirmed: false }, 'the fault was not confirmed'],
])('L1: a run decides nothing when %s', (_, over, because) => {
  expect(invalidBecause({ ...good, ...over })).toContain(because);
});

test('L4: users who did not finish and a generator that stood still are named, not blamed on the servers', () => {
  expect(invalidBecause({ ...good, finishedUsers: 21 })).toBe('only 21 of 25 users finished');
  expect(invalidBecause({ ...good, generatorLateMs: 3_012 })).toBe('the load generator stood still for 3012 ms');
});
