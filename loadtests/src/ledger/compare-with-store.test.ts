import { expect, test } from '@jest/globals';
import { compareWithLog, compareWithStore } from './compare-with-store.js';
import { ledger } from './ledger.fixture.js';

const CLOSING_MS = 20_000;
const todo = (request: number, deniedMs: number | null, shownMs: number | null) => ({
  ...{ acknowledgedMs: 1_000, deniedMs, shownMs, request },
});
const ledgers = [
  ledger(1, [], { closingMs: CLOSING_MS, todos: [todo(3, null, 20_001), todo(4, 9_000, null), todo(5, null, 19_000)] }),
  ledger(12, [], { closingMs: CLOSING_MS, todos: [todo(3, null, 20_001)] }),
];

test('a store that holds what the closing look showed agrees with the ledgers', () => {
  expect(compareWithStore(ledgers, new Set(['1 3', '12 3']))).toEqual({
    ...{ shown: 2, notStored: 0, deniedButStored: 0, unacknowledged: 0 },
  });
});

test('each difference between ledgers and store has its own count', () => {
  expect(compareWithStore(ledgers, new Set(['1 3', '1 4', '2 8']))).toEqual({
    ...{ shown: 2, notStored: 1, deniedButStored: 1, unacknowledged: 1 },
  });
});

test('of a user who did not finish nothing was shown at the end', () => {
  const unfinished = [ledger(1, [], { closingMs: null, todos: [todo(3, null, 5_000)] })];
  expect(compareWithStore(unfinished, new Set())).toMatchObject({ shown: 0, notStored: 0 });
});

test('messages that were acknowledged and are in no log, and those that are there unacknowledged, have a count each', () => {
  const chat = (user: number, acknowledged: string[]) => ({
    ...{ user, room: 'r', joins: 1, said: 2, acknowledged, given: [], recovered: 0, told: 0 },
    ...{ reconnections: 0, refusals: 0, away: [] },
  });
  const members = [
    ledger(1, [], { chat: chat(1, ['1:1', '1:2']) }),
    ledger(2, [], { chat: chat(2, ['2:1']) }),
    // Not in a room.
    ledger(3, []),
  ];
  expect(compareWithLog(members, new Set(['1:1', '2:1', '2:2']))).toEqual({
    ...{ acknowledged: 3, notStored: 1, unacknowledged: 1 },
  });
});
