import { expect, test } from '@jest/globals';
import type { Asked } from '../bridge/messages.js';
import { timeMarks } from './time-marks.js';

const asked = (at: number, more: Partial<Asked>): Asked => ({
  ...{ method: 'GET', path: '/todos', status: 200, code: null, servedBy: 'todo-1', session: 'redis;read', at },
  ...{ sessionKey: null, reason: 'picked', user: 'ada' },
  ...more,
});
const change = (at: number, upstream: string) => ({
  at,
  upstream,
  destination: 'm-1',
  state: 'down',
  because: 'silent',
});

test('the time axis has every event once, in order, and no plain reads', () => {
  const left = [
    asked(1, { session: 'redis;written', servedBy: 'auth-1' }),
    asked(2, {}),
    asked(6_000, { status: 401, code: 'session_unknown' }),
    asked(7_000, { status: null, code: 'no_answer', servedBy: null }),
  ];
  const marks = timeMarks({
    sides: [{ label: 'Left', asked: left }],
    deaths: [{ kind: 'death', at: 4_000, id: 'm-1' }],
    states: [
      { at: 2_000, id: 'redis', state: 'paused' },
      { at: 2_500, id: 'redis', state: 'ready' },
    ],
    changes: [change(5_001, 'one'), change(5_002, 'two')],
    pulled: [{ at: 3_000, text: 'Kill m-1' }],
  });
  expect(marks.map(({ text }) => text)).toEqual([
    'left: auth-1 wrote the session',
    'redis paused',
    'redis up',
    'Kill m-1',
    'm-1 ended',
    'm-1 down: silent',
    'left: todo-1 refused the login (session_unknown)',
    'left: a request was not answered (no_answer)',
  ]);
});
