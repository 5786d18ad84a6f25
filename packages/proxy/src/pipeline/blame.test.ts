import { expect, test } from '@jest/globals';
import type { ForwardFailure } from '../forwarding/forward-failure.js';
import { type BlameFacts, blame } from './blame.js';

const of = (failure: Partial<ForwardFailure>, facts: Partial<BlameFacts> = {}) =>
  blame({
    failure: { phase: 'answer-head', kind: 'lost', reused: false, ...failure },
    upgrade: false,
    requestComplete: true,
    knownAlive: false,
    ...facts,
  });

test('P2: a connection that closes after it took a request is no failure, whatever was asked', () => {
  for (const phase of ['answer-head', 'answer-body'] as const) {
    for (const upgrade of [true, false]) {
      for (const requestComplete of [true, false]) expect(of({ phase }, { upgrade, requestComplete })).toBe('unclear');
    }
  }
});

test('P2: a request that is slow by itself, or whose client stalls, says nothing', () => {
  expect(of({ kind: 'timeout' }, { knownAlive: true })).toBe('none');
  expect(of({ kind: 'timeout' }, { requestComplete: false })).toBe('none');
  expect(of({ kind: 'timeout', phase: 'answer-body' })).toBe('none');
});

test('P2: what this process lacks says nothing', () => {
  expect(of({ phase: 'connect', kind: 'local' })).toBe('none');
});

test('a destination that cannot be reached, is silent altogether, or does not speak HTTP fails', () => {
  expect(of({ phase: 'connect', kind: 'refused' })).toBe('unreachable');
  expect(of({ phase: 'connect', kind: 'timeout' })).toBe('unreachable');
  expect(of({ kind: 'timeout' })).toBe('silent');
  expect(of({ kind: 'malformed' })).toBe('failing');
  expect(of({ kind: 'malformed' }, { upgrade: true })).toBe('unclear');
});
