import { expect, test } from '@jest/globals';
import { type ChatLedger, countRoom } from './count-room.js';

/** A member of room `r` in which `1:1`, `2:1`, `1:2` were said, in that order. */
const member = (user: number, over: Partial<ChatLedger> = {}): ChatLedger => ({
  ...{
    user,
    room: 'r',
    joins: 1,
    said: user === 3 ? 0 : 2,
    recovered: 0,
    told: 0,
    reconnections: 0,
    refusals: 0,
    away: [],
  },
  acknowledged: { 1: ['1:1', '1:2'], 2: ['2:1'] }[user] ?? [],
  given: given('1:1', '2:1', '1:2'),
  ...over,
});

const given = (...messages: string[]): ChatLedger['given'] =>
  messages.map((message, n) => ({ epoch: 'e', offset: n + 1, message, atMs: 6_000 + n, tookMs: 5 }));

test('members who were given everything once and in order have lost nothing', () => {
  expect(countRoom('r', [member(1), member(2), member(3)])).toEqual({
    ...{ room: 'r', members: 3, said: 4, acknowledged: 3, delivered: 9 },
    ...{ lost: 0, admitted: 0, duplicated: 0, reordered: 0 },
  });
});

test('a message acknowledged to one and missing at another is lost, once for each who misses it', () => {
  const count = countRoom('r', [member(1), member(2, { given: given('1:1', '2:1') }), member(3, { given: [] })]);
  expect(count).toMatchObject({ lost: 4, admitted: 0, delivered: 5 });
});

test('what was said but never acknowledged is not lost', () => {
  const senders = [member(1, { acknowledged: [] }), member(2)];
  expect(countRoom('r', [...senders, member(3, { given: given('2:1') })]).lost).toBe(0);
});

test('who was told of a hole has lost nothing silently', () => {
  const count = countRoom('r', [member(1), member(2, { told: 1, given: given('1:2') })]);
  expect(count).toMatchObject({ lost: 0, admitted: 2 });
});

test('a message given again is duplicated and not out of order', () => {
  const again = [...given('1:1', '2:1', '1:2'), ...given('1:1')];
  expect(countRoom('r', [member(1, { given: again }), member(2)])).toMatchObject({ duplicated: 1, reordered: 0 });
});

test('the same message at two places of the log is duplicated', () => {
  expect(countRoom('r', [member(1, { given: given('1:1', '1:1', '2:1', '1:2') })])).toMatchObject({ duplicated: 1 });
});

test('an offset behind the one before is out of order, unless another epoch began', () => {
  const [first, second, third] = given('1:1', '2:1', '1:2');
  if (first === undefined || second === undefined || third === undefined) throw new Error('three were given');
  expect(countRoom('r', [member(1, { given: [second, first, third] })]).reordered).toBe(1);
  expect(countRoom('r', [member(1, { given: [second, { ...first, epoch: 'f' }, third] })]).reordered).toBe(0);
});

test('a sender’s earlier message behind its later one is out of order whatever the offsets say', () => {
  expect(countRoom('r', [member(1, { given: given('1:2', '2:1', '1:1') })]).reordered).toBe(1);
});
