import { expect, test } from '@jest/globals';
import { ledger } from '../ledger/ledger.fixture.js';
import measure from './ended-sessions.js';
import type { Observed } from './measure.js';

const of = (...statuses: readonly [atMs: number, status: number][]) => {
  const asked = statuses.map(([endMs, status]) => ({ endMs, status, what: 'ended' }));
  const requests = [{ endMs: 6_000, status: 204, what: 'end-others' }, ...asked];
  return measure.measure({ ledgers: [ledger(1, requests)], fromMs: 5_000, untilMs: 9_000 } as unknown as Observed)
    .counted;
};

test('an ended session that any server serves a second later counts, and one that is served at once counts apart', () => {
  expect(of([6_010, 401], [7_010, 401], [7_020, 200])).toMatchObject({ endedServed: { hit: 1, of: 1 } });
  expect(of([6_010, 200], [7_010, 401], [7_020, 401])).toEqual({
    endedServed: { hit: 0, of: 1 },
    endedServedAtOnce: { hit: 1, of: 1 },
  });
});

test('without a request a second later nothing is known', () => {
  expect(of([6_010, 401])).toBeUndefined();
});
