import { expect, test } from '@jest/globals';
import { Records, type RequestRecord } from './records.js';

function records(...given: Partial<RequestRecord>[]): Records {
  const all = new Records();
  for (const one of given) {
    const startedAt = one.startedAt ?? 0;
    const usual = {
      startedAt,
      endedAt: startedAt + 5,
      isPost: false,
      status: 200,
      instance: 'd-0',
      user: 0,
      name: 'r',
    };
    all.all.push({ ...usual, ...one });
  }
  return all;
}

test('no answer, a refused connection and a 5xx are failures; a 404 is none', () => {
  const seen = records({ status: 0 }, { status: -1 }, { status: 502 }, { status: 404 }, { status: 500, isPost: true });
  expect(seen.failed(false)).toEqual({ hit: 3, of: 4 });
  expect(seen.failed(true)).toEqual({ hit: 1, of: 1 });
});

test('a user has moved whose last destination of the first time is not that of the second', () => {
  const seen = records(
    { user: 1, startedAt: 1, instance: 'd-1' },
    { user: 1, startedAt: 2, instance: 'd-0' },
    { user: 2, startedAt: 2, instance: 'd-0' },
    // Without an answer its place is not known.
    { user: 2, startedAt: 11, instance: undefined },
    { user: 1, startedAt: 12, instance: 'd-1' },
    { user: 3, startedAt: 12, instance: 'd-1' },
  );
  expect(seen.moved([0, 10], [10, 20])).toEqual({ hit: 1, of: 1 });
  expect(seen.shareOf('d-1', 10, 20)).toEqual({ hit: 2, of: 2 });
});

test('the fault is over at the start of the last request that failed or was slow', () => {
  const slow = { startedAt: 700, endedAt: 1_200 };
  expect(records({ startedAt: 100, status: 0 }, { startedAt: 600, status: 502 }).recoveredAfterMs(500)).toBe(100);
  expect(records(slow, { startedAt: 900 }).recoveredAfterMs(500)).toBe(200);
  expect(records({ startedAt: 900 }).recoveredAfterMs(500)).toBe(0);
});

test('a user wanders who is seen at two destinations since a moment', () => {
  const seen = records(
    { user: 1, startedAt: 1, instance: 'd-1' },
    { user: 1, startedAt: 11, instance: 'd-0' },
    { user: 2, startedAt: 12, instance: 'd-0' },
    { user: 2, startedAt: 13, instance: 'd-1' },
    { user: 3, startedAt: 14, instance: undefined },
  );
  expect(seen.wandered(10)).toEqual({ hit: 1, of: 2 });
});
