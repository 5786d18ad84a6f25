import { describe, expect, test } from '@jest/globals';
import { replicaColour, replicaNumber } from './replica.js';
import { outcomeOf, type RequestEntry, withEntry } from './request-entry.js';

describe('replica colours', () => {
  test('gives the replicas of one fleet different colours', () => {
    expect(['auth-1', 'auth-2', 'auth-3'].map(replicaColour)).toEqual([1, 2, 3]);
  });

  test('starts over after the last colour', () => {
    expect(replicaColour('monolith-7')).toBe(1);
  });

  test('gives no colour where no server answered', () => {
    expect(replicaColour(null)).toBe(0);
    expect(replicaNumber('console')).toBeUndefined();
  });
});

describe('request log', () => {
  const entry = (id: number): RequestEntry => ({
    id,
    at: 0,
    method: 'GET',
    path: '/todos',
    status: 200,
    code: null,
    servedBy: null,
    route: null,
    session: null,
    sessionKey: null,
    durationMs: 1,
  });

  test.each([
    [200, 'ok'],
    [204, 'ok'],
    [401, 'refused'],
    [429, 'failed'],
    [503, 'failed'],
    [null, 'failed'],
  ] as const)('calls a %s %s', (status, outcome) => {
    expect(outcomeOf({ status })).toBe(outcome);
  });

  test('keeps the newest in front and stays bounded', () => {
    const log = [1, 2, 3, 4].reduce<readonly RequestEntry[]>((entries, id) => withEntry(entries, entry(id), 3), []);
    expect(log.map(({ id }) => id)).toEqual([4, 3, 2]);
  });
});
