import { describe, expect, test } from '@jest/globals';
import type { ForwardFailure } from './forward-failure.js';
import { RetryBudget } from './retry-budget.js';
import { type RetryFacts, retryRule } from './retry-rule.js';

type Change = Partial<Omit<RetryFacts, 'failure'>> & { failure?: Partial<ForwardFailure> };

const facts = (change: Change): RetryFacts => ({
  idempotent: true,
  upgrade: false,
  replayable: true,
  retries: 0,
  replayedStale: false,
  bound: false,
  replays: 0,
  ...change,
  failure: { phase: 'answer-head', kind: 'lost', reused: false, ...change.failure },
});

describe('the retry rule', () => {
  test('sends anything elsewhere when nothing was sent', () => {
    const failure = { phase: 'connect', kind: 'refused' } as const;
    expect(retryRule(facts({ failure, idempotent: false }))).toBe('other-destination');
  });

  test('sends again what may have been done only if twice is the same as once', () => {
    expect(retryRule(facts({}))).toBe('other-destination');
    expect(retryRule(facts({ idempotent: false }))).toBe('give-up');
    expect(retryRule(facts({ idempotent: false, failure: { reused: true } }))).toBe('give-up');
  });

  test('takes a stale connection for what it is: same destination, once', () => {
    expect(retryRule(facts({ failure: { reused: true } }))).toBe('same-destination');
    expect(retryRule(facts({ failure: { reused: true }, replayedStale: true }))).toBe('other-destination');
  });

  test('P2: keeps a bound client with a destination that closes, and lets it go when that cannot be reached', () => {
    expect(retryRule(facts({ bound: true }))).toBe('same-destination');
    expect(retryRule(facts({ bound: true, replays: 2 }))).toBe('give-up');
    expect(retryRule(facts({ bound: true, replays: 2, failure: { phase: 'connect', kind: 'refused' } }))).toBe(
      'other-destination',
    );
  });

  test('P2: never repeats an upgrade that was closed on', () => {
    expect(retryRule(facts({ upgrade: true }))).toBe('give-up');
    expect(retryRule(facts({ upgrade: true, failure: { phase: 'connect', kind: 'refused' } }))).toBe(
      'other-destination',
    );
  });

  test('never goes on after one retry, once an answer has begun, without the bytes, or after a full timeout', () => {
    expect(retryRule(facts({ retries: 1 }))).toBe('give-up');
    expect(retryRule(facts({ failure: { phase: 'answer-body' } }))).toBe('give-up');
    expect(retryRule(facts({ replayable: false }))).toBe('give-up');
    expect(retryRule(facts({ failure: { kind: 'timeout' } }))).toBe('give-up');
  });
});

describe('the retry budget', () => {
  test('allows a reserve and then a share of the requests, and recovers', () => {
    const budget = new RetryBudget(0.2, 2);
    for (let i = 0; i < 100; i++) budget.request();
    let allowed = 0;
    while (budget.tryRetry()) allowed++;
    expect(allowed).toBe(22);
    budget.decay();
    for (let i = 0; i < 100; i++) budget.request();
    expect(budget.tryRetry()).toBe(true);
  });

  test('of zero allows none', () => {
    expect(new RetryBudget(0).tryRetry()).toBe(false);
  });
});
