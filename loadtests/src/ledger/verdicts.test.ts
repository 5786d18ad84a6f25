import { expect, test } from '@jest/globals';
import type { Run } from './results.js';
import { judge, rank } from './verdicts.js';

const run = (scenario: string, fault: string, loggedOut: number, todosLost: number): Run => ({
  ...{
    scenario,
    fault,
    loggedOut,
    todosLost,
    repeat: 1,
    durationSeconds: 1,
    users: 24,
    finishedUsers: 24,
    loggedIn: 24,
    valid: true,
    invalidBecause: null,
    requests: 1,
    failedRequests: 0,
  },
  ...{ failedReads: 0, failedWrites: 0, todosAcknowledged: 48, chatSent: 0, chatDelivered: 0, requestsPerSecond: 1 },
  ...{ p50Ms: 1, p95Ms: 1, p99Ms: 1, share: {}, recoveryMs: 0 },
});

test('what was not measured is neither confirmed nor refuted', () => {
  expect(judge([]).map(({ holds }) => holds)).toEqual([null, null, null, null, null]);
});

test('the claims hold for what is expected of each scenario', () => {
  const verdicts = judge([
    run('round-robin-local', 'none', 24, 48),
    run('sticky-cookie-local', 'none', 0, 0),
    run('sticky-cookie-local', 'F1', 8, 16),
    run('round-robin-cached', 'F1', 0, 0),
    run('sticky-cookie-cached', 'F1', 0, 0),
  ]);
  expect(verdicts.map(({ holds }) => holds)).toEqual([true, true, true, true, true]);
  expect(verdicts[2]?.because).toBe('8 of 24 users logged out, 16 of 48 todos lost: sticky-cookie-local under F1');
});

test('one lost todo refutes the claim about the shared store', () => {
  expect(judge([run('round-robin-cached', 'none', 0, 0), run('round-robin-shared', 'F1', 0, 1)])[3]?.holds).toBe(false);
});

test('L1: no evidence is never "holds": an invalid run makes every claim that needs it undecidable, and says why', () => {
  const broken = { valid: false, invalidBecause: 'only 0 users were ever logged in, 20 are needed' };
  const names = ['round-robin-local', 'sticky-cookie-local', 'round-robin-cached', 'sticky-cookie-cached'];
  const runs = names.flatMap((name) => ['none', 'F1'].map((fault) => ({ ...run(name, fault, 0, 0), ...broken })));
  for (const { holds, because } of judge(runs)) {
    expect(holds).toBeNull();
    expect(because).toContain('only 0 users were ever logged in');
  }
});

test('L1: an invalid run neither refutes a claim nor hides a counterexample', () => {
  const invalid = { valid: false, invalidBecause: 'the load generator stood still for 3000 ms' };
  const lost = run('round-robin-shared', 'none', 0, 1);
  expect(judge([{ ...lost, ...invalid }])[3]?.holds).toBeNull();
  expect(judge([lost, { ...run('round-robin-cached', 'none', 0, 0), ...invalid }])[3]?.holds).toBe(false);
});

test('scenarios are ranked by what they lose, and equals keep their order', () => {
  const runs = [
    run('round-robin-local', 'none', 24, 48),
    run('round-robin-cached', 'none', 0, 0),
    run('round-robin-shared', 'none', 0, 0),
    run('ip-hash-local', 'F1', 8, 16),
  ];
  expect(rank(runs)).toEqual(['round-robin-shared', 'round-robin-cached', 'ip-hash-local', 'round-robin-local']);
});
