import { describe, expect, test } from '@jest/globals';
import { Sealer } from './sealer.js';

const [old, next] = ['the-old-secret-0123', 'the-new-secret-0123'];

describe('Sealer', () => {
  test('opens what it sealed, for its owner only, and never seals the same twice', () => {
    const sealer = new Sealer([old]);
    const sealed = sealer.seal('JBSWY3DP', 'ada');
    expect(sealed).not.toContain('JBSWY3DP');
    expect(sealer.seal('JBSWY3DP', 'ada')).not.toBe(sealed);
    expect(sealer.open(sealed, 'ada')).toBe('JBSWY3DP');
    expect(() => sealer.open(sealed, 'bob')).toThrow('SECOND_FACTOR_SECRETS');
  });

  test('opens what an earlier secret sealed, and seals with the first', () => {
    const sealed = new Sealer([old]).seal('JBSWY3DP', 'ada');
    const both = new Sealer([next, old]);
    expect(both.open(sealed, 'ada')).toBe('JBSWY3DP');
    expect(new Sealer([next]).open(both.seal('JBSWY3DP', 'ada'), 'ada')).toBe('JBSWY3DP');
    expect(() => new Sealer([next]).open(sealed, 'ada')).toThrow('SECOND_FACTOR_SECRETS');
  });

  test('leaves texts as they are without a secret, and opens those later', () => {
    expect(new Sealer([]).seal('JBSWY3DP', 'ada')).toBe('JBSWY3DP');
    expect(new Sealer([next]).open('JBSWY3DP', 'ada')).toBe('JBSWY3DP');
  });
});
