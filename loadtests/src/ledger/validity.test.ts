import { expect, test } from '@jest/globals';
import { ledger, request } from './ledger.fixture.js';
import { type Evidence, generatorLateness, generatorStandstill, invalidBecause } from './validity.js';

const todo = { acknowledgedMs: 1_000, deniedMs: null, shownMs: null, request: 0 };
const good: Evidence = {
  users: 20,
  ledgers: Array.from({ length: 20 }, (_, n) => ledger(n + 1, [{ endMs: 1_000 }], { todos: [todo, todo] })),
  ...{ disturbedMs: undefined, notDisturbed: undefined, addsTodos: true },
};

test('a run with enough users, promises and answers is valid', () => {
  expect(invalidBecause(good)).toBeNull();
});

test('L1: a run that proves nothing says why', () => {
  const with_ = (part: Partial<Evidence>): string | null => invalidBecause({ ...good, ...part });
  const failing = { endMs: 1_500, status: 503, outcome: 'failed' } as const;
  expect(with_({ users: 21 })).toBe('only 20 of 21 users finished');
  expect(with_({ notDisturbed: 'no server-4' })).toBe('the disturbance was not confirmed: no server-4');
  expect(with_({ ended: 'redis-1 (process 11) ended' })).toBe('redis-1 (process 11) ended');
  const store = { shown: 40, notStored: 1, deniedButStored: 0, unacknowledged: 0 };
  expect(with_({ store })).toBe('Redis does not hold 1 of the 40 todos that servers showed at the end');
  expect(with_({ answers: { seen: 90, notSent: 2, unseen: 0, notCompared: 0 } })).toBe(
    'the gateway did not send 2 of the 90 answers with success that users say they got',
  );
  expect(with_({ answers: { seen: 90, notSent: 0, unseen: 3, notCompared: 7 } })).toBeNull();
  expect(with_({ store: { ...store, notStored: 0, deniedButStored: 2, unacknowledged: 3 } })).toBeNull();
  expect(with_({ users: 19, ledgers: good.ledgers.slice(1) })).toContain('only 19 users were ever logged in');
  expect(with_({ ledgers: good.ledgers.map((each) => ({ ...each, todos: [todo] })) })).toContain('only 20 writes');
  const failed = good.ledgers.map((each) => ({ ...each, requests: [...each.requests, request(failing)] }));
  expect(with_({ ledgers: failed })).toContain('20 of 40 requests failed before any disturbance');
  // After a disturbance failures are a result; whoever was not answered again is in no count (measures.test.ts).
  expect(with_({ ledgers: failed, disturbedMs: 1_200 })).toBeNull();
  const down = good.ledgers.map(({ user }) => ledger(user, [failing]));
  expect(with_({ ledgers: down })).toContain('only 0 users were ever logged in');
});

test('where users may stay out, logins and promises are no condition, but failed requests are', () => {
  const out = good.ledgers.map(({ user }) => ledger(user, [{ endMs: 1_000, status: 403, outcome: 'denied' }]));
  expect(invalidBecause({ ...good, ledgers: out })).toContain('only 0 users were ever logged in');
  expect(invalidBecause({ ...good, ledgers: out, mayStayOut: true })).toBeNull();
  const down = good.ledgers.map(({ user }) => ledger(user, [{ endMs: 1_500, status: 503, outcome: 'failed' }]));
  expect(invalidBecause({ ...good, ledgers: down, mayStayOut: true })).toContain(
    'requests failed before any disturbance',
  );
});

test('L4: a generator that stood still makes the run invalid; a server that answered late does not', () => {
  const stalled = [ledger(1, [{ endMs: 1_000 }, { endMs: 5_000, intendedMs: 2_000, sentMs: 5_000 }])];
  const slowServer = [
    ledger(1, [
      { endMs: 5_000, intendedMs: 1_000, sentMs: 1_000 },
      { endMs: 5_001, intendedMs: 2_000, sentMs: 5_001 },
    ]),
  ];
  expect(generatorLateness(stalled)).toBe(3_000);
  expect(generatorLateness(slowServer)).toBe(1);
  expect(generatorLateness(stalled.map((each) => ({ ...each, readyMs: 4_990 })))).toBe(10);
  const ledgers = [
    ...good.ledgers.slice(1),
    ledger(1, [{ endMs: 1_000 }, { endMs: 5_000, intendedMs: 2_000, sentMs: 5_000 }], { todos: [todo, todo] }),
  ];
  expect(invalidBecause({ ...good, ledgers })).toContain('the load generator was late by 3000 ms (p99)');
});

test('a generator that was stopped for three seconds is named, though too few requests were due for the 99th percentile', () => {
  // Each user has a request every five seconds, and sends those of the 60th to the 63rd second at its end.
  const stopped = (ms: number): number => (ms >= 60_000 && ms < 63_000 ? 63_000 : ms);
  const ledgers = Array.from({ length: 20 }, (_, user) => {
    const intended = Array.from({ length: 100 }, (__, n) => 1_000 + 250 * user + 5_000 * n);
    const requests = intended.map((intendedMs) => ({
      ...{ intendedMs, sentMs: stopped(intendedMs), endMs: stopped(intendedMs) + 5 },
    }));
    return ledger(user + 1, requests, { todos: [todo, todo] });
  });
  expect(generatorLateness(ledgers)).toBe(0);
  expect(generatorStandstill(ledgers)).toBe(3_000);
  expect(invalidBecause({ ...good, ledgers })).toContain('the load generator stood still for 3000 ms');
});

test('quiet seconds of the plan, and users who wait for a server, are no standstill', () => {
  const quiet = ledger(1, [{ endMs: 1_000 }, { endMs: 9_000 }]);
  const waiting = [1, 2].map((user) =>
    ledger(user, [
      { endMs: 5_000, intendedMs: 1_000, sentMs: 1_000 },
      { endMs: 5_010, intendedMs: 2_000, sentMs: 5_002 },
    ]),
  );
  expect(generatorStandstill([quiet])).toBe(0);
  expect(generatorStandstill([ledger(1, [{ endMs: 1_001, intendedMs: 1_000, sentMs: 999 }, { endMs: 9_000 }])])).toBe(
    0,
  );
  expect(generatorStandstill(waiting)).toBe(2);
});
