import { describe, expect, test } from '@jest/globals';
import type { SessionRecord } from '../store/session-record.js';
import { SessionCache } from './session-cache.js';

const record = (text = ''): SessionRecord => ({
  attributes: { a: text },
  version: 1,
  revision: '1',
  createdAtMs: 0,
  touchedAtMs: 0,
  expiresAtMs: 1,
});

describe('the session cache', () => {
  test('never holds more sessions than allowed', () => {
    const cache = new SessionCache(3, 1e6);
    for (let n = 0; n < 100; n += 1) cache.set(`k${n}`, record());
    expect(cache.size).toBe(3);
    expect(cache.get('k99')).toBeDefined();
  });

  test('never holds more characters than allowed, and lets no single session take a tenth of them', () => {
    const cache = new SessionCache(1000, 100_000);
    cache.set('huge', record('x'.repeat(20_000)));
    expect(cache.get('huge')).toBeUndefined();
    for (let n = 0; n < 100; n += 1) cache.set(`k${n}`, record('x'.repeat(5000)));
    expect(cache.size).toBeLessThan(20);
    expect(cache.size).toBeGreaterThan(15);
  });

  test('evicts what was not read before what was', () => {
    const cache = new SessionCache(3, 1e6);
    for (const key of ['a', 'b', 'c']) cache.set(key, record());
    cache.get('a');
    cache.set('d', record());
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
  });

  test('replaces, deletes and clears without losing count', () => {
    const cache = new SessionCache(10, 10_000);
    for (let n = 0; n < 100; n += 1) cache.set('same', record('x'.repeat(500)));
    expect(cache.size).toBe(1);
    cache.delete('same');
    cache.delete('same');
    cache.set('other', record('x'.repeat(500)));
    cache.clear();
    expect(cache.size).toBe(0);
  });
});
