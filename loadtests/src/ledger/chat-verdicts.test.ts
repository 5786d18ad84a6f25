import { expect, test } from '@jest/globals';
import { chatFaults } from '../scenarios/chat-fault.js';
import { judgeChat } from './chat-verdicts.js';
import type { ChatRun } from './count-chat.js';

const run = (over: Partial<ChatRun>): ChatRun => ({
  ...{ fault: 'F15', users: 3, said: 9, acknowledged: 9, delivered: 27, lost: 0, admitted: 0, duplicated: 0 },
  ...{ reordered: 0, recovered: 1, told: 0, reconnections: 1, backMs: 300, p50Ms: 1, p95Ms: 1, p99Ms: 1, rooms: [] },
  ...over,
});

const holds = (over: Partial<ChatRun>) => judgeChat([run(over)], chatFaults)[0]?.holds;

test('nothing lost, duplicated or out of order, and all back: the promise holds', () => {
  const [verdict] = judgeChat([run({})], chatFaults);
  expect(verdict).toMatchObject({ holds: true, claim: expect.stringContaining('One of three instances is killed') });
  expect(verdict?.because).toBe(
    '0 lost, 0 duplicated, 0 reordered of 27 delivered; nobody had to be told of a hole; all back after 300 ms',
  );
});

test('what members were told of keeps the promise; one silent loss, one duplicate or one missing member breaks it', () => {
  expect(holds({ told: 1, admitted: 4 })).toBe(true);
  for (const broken of [{ lost: 1 }, { duplicated: 1 }, { reordered: 1 }, { backMs: null }]) {
    expect(holds(broken)).toBe(false);
  }
});

test('a run in which nothing was said, or a kill that cut nobody off, tells nothing', () => {
  expect(holds({ acknowledged: 0 })).toBeNull();
  expect(holds({ reconnections: 0 })).toBeNull();
  expect(holds({ fault: 'redis', reconnections: 0 })).toBe(true);
});
