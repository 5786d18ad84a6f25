import { expect, test } from '@jest/globals';
import { endedUnplanned, type PartProcess } from './ended-processes.js';

const before: PartProcess[] = [
  { id: 'gateway-1', part: 'gateway', pid: 10 },
  { id: 'redis-1', part: 'redis', pid: 11 },
  { id: 'todo-2', part: 'server-2', pid: 12 },
];
const NOTHING: ReadonlySet<string> = new Set();

test('where every process lives on, whatever came, there is nothing to say', () => {
  const scaledOut = [...before, { id: 'todo-4', part: 'server-4', pid: 20 }];
  expect(endedUnplanned(before, scaledOut, NOTHING)).toBeUndefined();
});

test('a process that is gone is named, and so is one that was started anew', () => {
  const [gateway, redis, todo] = before as [PartProcess, PartProcess, PartProcess];
  expect(endedUnplanned(before, [gateway, todo], NOTHING)).toBe(
    'redis-1 (process 11) ended during the run, and no disturbance was to end it',
  );
  expect(endedUnplanned(before, [gateway, { ...redis, pid: 31 }], NOTHING)).toContain(
    'redis-1 (process 11), todo-2 (process 12) ended',
  );
});

test('what a disturbance ended is not named, and what died beside it is', () => {
  const [gateway] = before as [PartProcess];
  expect(endedUnplanned(before, [gateway], new Set(['server-2', 'redis']))).toBeUndefined();
  expect(endedUnplanned(before, [gateway], new Set(['server-2']))).toContain('redis-1 (process 11) ended');
});
