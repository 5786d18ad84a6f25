import { describe, expect, test } from '@jest/globals';
import { Deadlines } from '../deadlines.js';
import { Ejection } from './ejection.js';
import type { ProbeResult, StartProbe } from './probe.js';
import { ProbeRecord } from './probe-record.js';
import { Prober } from './prober.js';
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

describe('a prober', () => {
  const rule = { intervalMs: 500, timeoutMs: 5000, unhealthyAfter: 2, healthyAfter: 1, eager: true };

  /** A prober whose probes are answered by the test, on a clock that moves by ticks of 100 ms. */
  function underTest(changes: Partial<typeof rule> = {}) {
    let now = 0;
    let isSilent = false;
    const deadlines = new Deadlines(() => now);
    const open: ((result: ProbeResult) => void)[] = [];
    const found: string[] = [];
    const start: StartProbe = (done) => {
      open.push(done);
      return () => void open.splice(open.indexOf(done), 1);
    };
    const prober = new Prober({ ...rule, ...changes }, start, deadlines, (verdict) => found.push(`${now} ${verdict}`));
    const run = (forMs: number, silent = isSilent): void => {
      isSilent = silent;
      for (const endMs = now + forMs; now < endMs; ) {
        now += 100;
        deadlines.tick();
        prober.tick(now, isSilent);
      }
    };
    const answer = (result: ProbeResult = { ok: true }): void => {
      for (const done of open.splice(0)) done(result);
    };
    return { prober, found, open, run, answer };
  }

  test.each([1000, 2000, 4000])('P1: calls a destination that is busy for %i ms slow, never down', (busyMs) => {
    const { prober, found, run, answer } = underTest();
    run(busyMs);
    answer();
    expect(found).toEqual(['400 slow', `${busyMs} prompt`]);
    expect([prober.up, prober.slow]).toEqual([true, false]);
  });

  test('that is not eager goes by its interval, whatever else speaks against the destination', () => {
    const { prober, found, open, run, answer } = underTest({ eager: false });
    run(100);
    answer({ ok: false, because: 'refused' });
    prober.ask();
    run(400, true);
    expect([open.length, found]).toEqual([0, []]);
    run(100);
    answer({ ok: false, because: 'refused' });
    expect(found).toEqual(['600 down']);
    run(500);
    expect(open).toHaveLength(1);
    run(400);
    answer();
    expect(found).toEqual(['600 down', '1500 up']);
  });

  test('P1: calls a frozen destination slow within a second and down after 4.5 to 8 s', () => {
    const { prober, found, run, answer } = underTest();
    run(100);
    answer();
    run(8000);
    expect(found).toEqual([expect.stringMatching(/^\d{3} slow$/), expect.stringMatching(/^[56]\d{3} down$/)]);
    answer();
    expect(prober.up).toBe(true);
  });

  test('P1: never calls one down whose answers take 3 s each', () => {
    const { prober, found, run, answer } = underTest();
    for (let i = 0; i < 10; i++) {
      run(3000);
      answer();
    }
    expect(prober.up).toBe(true);
    expect(found.filter((entry) => entry.endsWith('down'))).toEqual([]);
  });

  test('P1: asks early when a request waits in silence', () => {
    const { open, run, answer } = underTest({ intervalMs: 10_000 });
    run(100);
    answer();
    run(300, true);
    expect(open).toHaveLength(1);
  });

  test('calls one that refuses down at once, and asks it again soon', () => {
    const { prober, found, open, run, answer } = underTest();
    run(100);
    answer({ ok: false, because: 'ECONNREFUSED' });
    answer({ ok: false, because: 'ECONNREFUSED' });
    expect([prober.up, found]).toEqual([false, ['100 down']]);
    run(500);
    expect(open).toHaveLength(1);
    answer();
    expect(found.at(-1)).toMatch(/up$/);
  });

  test('P1: takes one whose probe failed out of choosing while the next ones decide', () => {
    const { prober, found, run, answer } = underTest({ unhealthyAfter: 3 });
    run(100);
    answer({ ok: false, because: 'answered 503' });
    run(100);
    expect([prober.up, prober.slow]).toEqual([true, true]);
    answer();
    expect(found).toEqual(['200 slow', '200 prompt']);
  });

  test('P22: learns nothing from a probe that could not be sent', () => {
    const { prober, found, run, answer } = underTest();
    for (let i = 0; i < 50; i++) {
      run(100);
      answer({ ok: false, because: 'EMFILE', unasked: true });
    }
    expect([prober.up, found]).toEqual([true, []]);
  });
});

describe('candidates', () => {
  const up = { healthy: true, keepsBound: true, slow: false, draining: false };
  const down = { ...up, healthy: false, keepsBound: false };
  const draining = { ...up, draining: true };
  const slow = { ...up, slow: true };
  const ejected = { ...up, healthy: false };

  test('are the healthy ones that do not drain', () => {
    expect(selectCandidates([up, down, draining], 0)).toEqual([up]);
  });

  test('P1: are not slow while another one is prompt', () => {
    expect(selectCandidates([up, slow], 0)).toEqual([up]);
    expect(selectCandidates([slow, down, slow], 0)).toEqual([slow, slow]);
  });

  test('P1: of a policy that binds by key are all that keep who is bound there', () => {
    expect(selectCandidates([up, slow, ejected, down], 0, true)).toEqual([up, slow, ejected]);
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
