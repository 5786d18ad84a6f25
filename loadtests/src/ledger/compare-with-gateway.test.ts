import { expect, test } from '@jest/globals';
import { compareWithGateway } from './compare-with-gateway.js';
import { ledger } from './ledger.fixture.js';

const seen = [
  ledger(1, [
    { server: 'todo-1', endMs: 1 },
    { server: 'todo-1', endMs: 2, status: 401 },
  ]),
  ledger(2, [
    { server: 'todo-2', endMs: 1, status: 201 },
    { server: 'todo-1', endMs: 2 },
  ]),
];
const sent = (...counts: [string, number, string?][]) =>
  new Map(counts.map(([server, sent, counter = 'first']) => [server, { counter, sent }]));

test('answers that users saw are those that the gateway sent', () => {
  const compared = compareWithGateway(seen, sent(['todo-1', 10], ['todo-2', 4]), sent(['todo-1', 12], ['todo-2', 5]));
  expect(compared).toEqual({ seen: 3, notSent: 0, unseen: 0, notCompared: 0 });
});

test('answers that nobody saw, and answers that were never sent, are counted by server', () => {
  const compared = compareWithGateway(seen, sent(['todo-1', 10], ['todo-2', 4]), sent(['todo-1', 15], ['todo-2', 4]));
  expect(compared).toEqual({ seen: 3, notSent: 1, unseen: 3, notCompared: 0 });
});

test('a server that came or went, and one that the gateway counts anew, is left out', () => {
  expect(compareWithGateway(seen, sent(['todo-1', 0]), sent(['todo-1', 2], ['todo-2', 9]))).toEqual({
    ...{ seen: 2, notSent: 0, unseen: 0, notCompared: 1 },
  });
  const anew = sent(['todo-1', 12, 'second']);
  expect(compareWithGateway(seen, sent(['todo-1', 10], ['todo-2', 4]), anew)).toEqual({
    ...{ seen: 0, notSent: 0, unseen: 0, notCompared: 3 },
  });
});

test('an answer that names no server did not come from the gateway, and one that reached nobody is unseen', () => {
  const direct = [ledger(1, [{ server: '', endMs: 1 }])];
  expect(compareWithGateway(direct, sent(['todo-1', 10]), sent(['todo-1', 11]))).toEqual({
    ...{ seen: 1, notSent: 1, unseen: 1, notCompared: 0 },
  });
});
