import { describe, expect, test } from '@jest/globals';
import { AffinityTokens, clientOf } from './affinity-cookie.js';
import { chooseBound } from './choose-bound.js';
import { ClientWindow } from './client-window.js';
import { readCookie } from './read-cookie.js';

describe('affinity tokens', () => {
  test('name their destination, in their upstream only', () => {
    const tokens = new AffinityTokens<string>(['first-secret']);
    const token = tokens.register('app', 'app-1', 'the first');
    const value = tokens.issue('app', token, undefined);
    expect(tokens.destinationOf('app', value)).toBe('the first');
    expect(tokens.destinationOf('other', value)).toBeUndefined();
    tokens.forget('app', 'app-1');
    expect(tokens.destinationOf('app', value)).toBeUndefined();
  });

  test('differ by secret, upstream and id, and old secrets are still read', () => {
    const old = new AffinityTokens<string>(['old']);
    const value = old.issue('app', old.register('app', 'x', 'x'), undefined);
    const rotated = new AffinityTokens<string>(['new', 'old']);
    const token = rotated.register('app', 'x', 'x');
    expect(rotated.destinationOf('app', value)).toBe('x');
    expect(rotated.issue('app', token, value)).not.toBe(value);
    const foreign = new AffinityTokens<string>(['new']);
    foreign.register('app', 'x', 'x');
    expect(foreign.destinationOf('app', value)).toBeUndefined();
  });

  test('keep the client part and what other upstreams said, but nothing invented', () => {
    const tokens = new AffinityTokens<string>(['secret']);
    const a = tokens.register('a', 'x', 'ax');
    const b = tokens.register('b', 'x', 'bx');
    const first = tokens.issue('a', a, undefined);
    const second = tokens.issue('b', b, `${first}.${'z'.repeat(22)}`);
    expect(clientOf(second)).toBe(clientOf(first));
    expect(second.split('.').slice(1)).toEqual([b, a]);
  });
});

test('a bound client stays, stays while it drains, moves, or is refused', () => {
  expect(chooseBound(undefined, 'refuse')).toBe('unbound');
  expect(chooseBound({ acceptsBound: true, draining: false }, 'refuse')).toBe('stay');
  expect(chooseBound({ acceptsBound: true, draining: true }, 'refuse')).toBe('stay-draining');
  expect(chooseBound({ acceptsBound: false, draining: true }, 'redistribute')).toBe('redistribute');
  expect(chooseBound({ acceptsBound: false, draining: false }, 'refuse')).toBe('refuse');
});

test('a cookie is found by its whole name', () => {
  expect(readCookie('a=1; aff=2; xaff=3', 'aff')).toBe('2');
  expect(readCookie('xaff=3;aff=4', 'aff')).toBe('4');
  expect(readCookie('affx=1; b=aff', 'aff')).toBeUndefined();
  expect(readCookie('', 'aff')).toBeUndefined();
  expect(readCookie('aff', 'aff')).toBeUndefined();
});

test('clients are counted once over the last two periods', () => {
  const window = new ClientWindow();
  for (const client of ['a', 'b', 'a']) window.seen(client);
  window.turn();
  for (const client of ['b', 'c']) window.seen(client);
  expect(window.count).toBe(3);
  window.turn();
  window.turn();
  expect(window.count).toBe(0);
});
