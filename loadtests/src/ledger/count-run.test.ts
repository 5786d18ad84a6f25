import { expect, test } from '@jest/globals';
import latency from '../measures/latency.js';
import type { Observed } from '../measures/measure.js';
import recovery from '../measures/recovery.js';
import { countRun } from './count-run.js';
import { ledger } from './ledger.fixture.js';

const facts = {
  ...{ experiment: 'crash', arm: 'a', scenario: 'a', engine: 'holdfast', fault: 'kill', block: 1 },
  ...{ valid: true, invalidBecause: null, disturbances: [] },
  ...{ serverCpuSeconds: { 'monolith-1': 1.2 }, serverIdleCpuSeconds: { 'monolith-1': 0.01 } },
};
const user = ledger(1, [{ endMs: 1_000 }, { endMs: 6_200 }, { endMs: 6_700 }, { endMs: 12_000, intendedMs: 9_000 }], {
  todos: [
    { acknowledgedMs: 1_000, deniedMs: 6_400, shownMs: null, request: 0 },
    { acknowledgedMs: 1_500, deniedMs: 11_000, shownMs: null, request: 0 },
  ],
});
const seen: Observed = {
  ...{ ledgers: [user], fromMs: 500, untilMs: 6_500, deniedUntilMs: 6_500, isAfter: false, bound: undefined },
  ...{ serverOf: new Map([['monolith-1', 'server-1']]), heavyUsers: 0 },
  cpuSeconds: { gateway: undefined, servers: undefined, redis: undefined, generator: undefined },
  idleCpuSeconds: { gateway: undefined, servers: undefined, redis: undefined, generator: undefined },
  memory: new Map(),
};

test('the second of the disturbance is shared by both entries and counts nothing twice', () => {
  const before = countRun(seen, { ...facts, phase: 'before' }, []).perSecond;
  const after = countRun(
    { ...seen, fromMs: 6_500, untilMs: 10_000, deniedUntilMs: Infinity, isAfter: true },
    { ...facts, phase: 'after' },
    [],
  );
  expect(before.requests).toEqual([0, 1, 0, 0, 0, 0, 1]);
  expect(before.losses[6]).toBe(1);
  expect(after.perSecond.losses[6]).toBe(0);
  // What came late is on the line of time as well.
  expect(after.requests).toBe(2);
  expect(after.perSecond.requests.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(after.perSecond.losses[11]).toBe(1);
});

test('times have two or three decimals, and no digits that only arithmetic made', () => {
  const quick = ledger(1, [
    { intendedMs: 1_000, endMs: 1_004.13 },
    { intendedMs: 2_000, endMs: 2_003.27 },
  ]);
  const { p50Ms, p99Ms, perServer } = countRun({ ...seen, ledgers: [quick] }, { ...facts, phase: 'whole' }, [latency]);
  expect({ p50Ms, p99Ms }).toEqual({ p50Ms: 3.27, p99Ms: 4.13 });
  expect(perServer['monolith-1']).toMatchObject({ p50Ms: 3.27, p99Ms: 4.13 });
});

test('a recovery is told after a disturbance, and is not known before it', () => {
  const recoveryOf = (isAfter: boolean) =>
    countRun({ ...seen, fromMs: 500, isAfter }, { ...facts, phase: isAfter ? 'after' : 'before' }, [recovery])
      .recoveryMs;
  expect([recoveryOf(true), recoveryOf(false)]).toEqual([0, null]);
});

test('a server has what it used, and what it would have used in the same time without a request', () => {
  const { perServer } = countRun(seen, { ...facts, phase: 'before' }, []);
  expect(perServer['monolith-1']).toMatchObject({ cpuSeconds: 1.2, idleCpuSeconds: 0.06 });
});
