import { expect, test } from '@jest/globals';
import { countRun, type RunFacts, type UserLedger, userLedgerSchema } from './count-run.js';
import { readLedgers } from './read-ledgers.js';

const ledger = (user: number, over: Partial<UserLedger> = {}): UserLedger => ({
  user,
  loggedIn: true,
  lateMs: 3,
  requests: 10,
  failedReads: 0,
  failedWrites: 0,
  loggedOut: 0,
  todosAcknowledged: 2,
  todosLost: 0,
  chatSent: 1,
  chatDelivered: 1,
  servedBy: { 'a-1': 5, 'a-2': 5 },
  troubleAtMs: [],
  ...over,
});

const facts: RunFacts = {
  scenario: 's',
  fault: 'F1',
  repeat: 1,
  users: 2,
  durationSeconds: 4,
  faultAtMs: 1_000,
  answerTime: { values: { med: 1.234, 'p(95)': 5, 'p(99)': 9 } },
};

test('a user who was logged out three times is one user logged out', () => {
  const run = countRun([ledger(1, { loggedOut: 3, todosLost: 2 }), ledger(2)], facts);
  expect(run).toMatchObject({
    loggedOut: 1,
    todosLost: 2,
    todosAcknowledged: 4,
    requests: 20,
    requestsPerSecond: 5,
    p50Ms: 1.23,
  });
});

test('shares add up over users, and recovery is the last trouble after the fault', () => {
  const run = countRun(
    [ledger(1, { servedBy: { 'a-1': 30 }, troubleAtMs: [1_300] }), ledger(2, { troubleAtMs: [1_050] })],
    facts,
  );
  expect(run.share).toEqual({ 'a-1': 0.875, 'a-2': 0.125 });
  expect(run.recoveryMs).toBe(300);
});

test('trouble before the fault is no recovery, and without a fault there is none', () => {
  expect(countRun([ledger(1, { troubleAtMs: [900] }), ledger(2)], facts).recoveryMs).toBe(0);
  expect(countRun([ledger(1, { troubleAtMs: [900] }), ledger(2)], { ...facts, faultAtMs: undefined }).recoveryMs).toBe(
    0,
  );
});

test('L6: the recovery leaves out a user who had trouble before the fault', () => {
  const alwaysInTrouble = ledger(1, { troubleAtMs: [700, 900, 1_100, 4_000] });
  expect(countRun([alwaysInTrouble, ledger(2, { troubleAtMs: [1_050] })], facts).recoveryMs).toBe(50);
});

test('L1: a run without enough evidence says that it is not valid, and why', () => {
  expect(countRun([ledger(1)], facts)).toMatchObject({ valid: false, invalidBecause: 'only 1 of 2 users finished' });
  const many = Array.from({ length: 25 }, (_, n) => ledger(n + 1));
  expect(countRun(many, { ...facts, users: 25 })).toMatchObject({ valid: true, invalidBecause: null, loggedIn: 25 });
});

test('ledgers are found among other lines', () => {
  const lines = ['time="x" level=info', `INFO ledger ${JSON.stringify(ledger(3))}`];
  expect(readLedgers(lines, userLedgerSchema)).toEqual([ledger(3)]);
});
