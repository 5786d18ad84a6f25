import { expect, test } from '@jest/globals';
import { type ChatFacts, countChat } from './count-chat.js';
import type { ChatLedger } from './count-room.js';

const member = (user: number, over: Partial<ChatLedger> = {}): ChatLedger => ({
  ...{ user, room: user % 2 === 0 ? 'even' : 'odd', joins: 1, said: 1, recovered: 0, told: 0, reconnections: 0 },
  ...{ acknowledged: [`${user}:1`], given: [{ epoch: 'e', offset: 1, message: `${user}:1` }], away: [] },
  ...over,
});

const facts: ChatFacts = {
  fault: 'F15',
  users: 2,
  faultAtMs: 1_000,
  deliveryTime: { values: { med: 1.24, 'p(95)': 5, 'p(99)': 9 } },
};

test('rooms are counted apart and added up', () => {
  const run = countChat([member(1), member(2)], facts);
  expect(run).toMatchObject({ said: 2, acknowledged: 2, delivered: 2, lost: 0, p50Ms: 1.2 });
  expect(run.rooms.map(({ room, delivered }) => [room, delivered])).toEqual([
    ['even', 1],
    ['odd', 1],
  ]);
});

test('all are back when the last one is, and what was mended before the fault does not count', () => {
  const early = member(1, { away: [{ fromMs: 400, untilMs: 500 }] });
  expect(countChat([early, member(2)], facts).backMs).toBe(0);
  const late = member(2, { reconnections: 1, recovered: 1, away: [{ fromMs: 1_010, untilMs: 1_700 }] });
  expect(countChat([early, late], facts)).toMatchObject({ backMs: 700, reconnections: 1, recovered: 1 });
});

test('somebody who never came back is not forgotten', () => {
  expect(countChat([member(1), member(2, { away: [{ fromMs: 1_010, untilMs: null }] })], facts).backMs).toBeNull();
});

test('a run in which a user did not finish or was never let in proves nothing', () => {
  expect(() => countChat([member(1)], facts)).toThrow('F15: 1 of 2 users finished');
  expect(() => countChat([member(1), member(2, { joins: 0 })], facts)).toThrow('1 were let into their room');
});
