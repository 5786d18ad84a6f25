import { describe, expect, test } from '@jest/globals';
import { Ejection } from './ejection.js';
import { ProbeRecord } from './probe-record.js';
import { selectCandidates } from './select-candidates.js';
import { slowStartShare } from './slow-start.js';

describe('ejection', () => {
  const rule = { failures: 3, baseMs: 1000, maxMs: 5000 };

  test('is due after a run of failures; a success in between starts the count over', () => {
    const ejection = new Ejection(rule);
    expect([ejection.failure(0), ejection.failure(0)]).toEqual([false, false]);
    ejection.success(0);
    expect([ejection.failure(0), ejection.failure(0), ejection.failure(0)]).toEqual([false, false, true]);
  });

  test('lasts twice as long each time, up to a limit, and one failure on probation is enough', () => {
    const ejection = new Ejection(rule);
    let now = 0;
    for (const lastsMs of [1000, 2000, 4000, 5000, 5000]) {
      ejection.eject(now);
      expect(ejection.isEjected(now + lastsMs - 1)).toBe(true);
      expect(ejection.isEjected(now + lastsMs)).toBe(false);
      now += lastsMs;
      expect(ejection.failure(now)).toBe(true);
    }
  });

  test('a success after it ends the probation and forgives one doubling', () => {
    const ejection = new Ejection(rule);
    ejection.eject(0);
    ejection.eject(1000);
    ejection.success(3000);
    expect(ejection.failure(3000)).toBe(false);
    ejection.eject(3000);
    expect(ejection.ejectedUntilMs).toBe(5000);
  });
});

describe('probes', () => {
  test('take a destination out after a run of failures and bring it back after a run of successes', () => {
    const record = new ProbeRecord(2, 2);
    expect([false, true, false, false].map((ok) => record.add(ok))).toEqual([false, false, false, true]);
    expect(record.up).toBe(false);
    expect([true, false, true, true].map((ok) => record.add(ok))).toEqual([false, false, false, true]);
    expect(record.up).toBe(true);
  });
});

describe('candidates', () => {
  const up = { healthy: true, draining: false };
  const down = { healthy: false, draining: false };
  const draining = { healthy: true, draining: true };

  test('are the healthy ones that do not drain', () => {
    expect(selectCandidates([up, down, draining], 0)).toEqual([up]);
  });

  test('are all that do not drain once too few are healthy to believe it', () => {
    expect(selectCandidates([up, down, down, draining], 0.5)).toEqual([up, down, down]);
    expect(selectCandidates([up, up, down], 0.5)).toEqual([up, up]);
  });
});

test('slow start grows from a tenth to the whole share', () => {
  expect([0, 500, 1000, 5000].map((sinceMs) => slowStartShare(sinceMs, 1000))).toEqual([0.1, 0.5, 1, 1]);
  expect(slowStartShare(0, 0)).toBe(1);
});
