import { describe, expect, test } from '@jest/globals';
import { hash32 } from '../hash.js';
import type { Candidate, Policy } from './policy.js';

/** A candidate for tests; `id` only makes its hash. */
export function candidate(id: string, weight = 1, inFlight = 0): Candidate & { id: string } {
  return { id, weight, configuredWeight: weight, inFlight, hash: hash32(id) };
}

/** The promises of every policy. */
export function policyContract(name: string, create: () => Policy): void {
  describe(`${name} as a policy`, () => {
    const three = [candidate('a'), candidate('b'), candidate('c')];

    test('has nothing to choose from nothing', () => {
      expect(create().pick([], 1)).toBeUndefined();
    });

    test('chooses the only candidate', () => {
      const policy = create();
      const [only] = three;
      if (only !== undefined) for (let key = 0; key < 5; key++) expect(policy.pick([only], key)).toBe(only);
    });

    test('chooses one of the candidates, whatever they are from one pick to the next', () => {
      const policy = create();
      for (let key = 0; key < 100; key++) {
        const some = three.filter((_, index) => (key >> index) & 1);
        const picked = policy.pick(some, key);
        expect(some.length === 0 ? picked === undefined : some.some((one) => one === picked)).toBe(true);
      }
    });

    test('uses all of them over many requests, roughly by weight', () => {
      const policy = create();
      const weighted = [candidate('a', 1), candidate('b', 2), candidate('c', 1)];
      const counts = new Map<string, number>();
      for (let key = 0; key < 12_000; key++) {
        // The requests come one at a time and leave none in flight, so policies that go by load see no load.
        const picked = policy.pick(weighted, hash32(`client ${key}`));
        counts.set(picked?.id ?? '', (counts.get(picked?.id ?? '') ?? 0) + 1);
      }
      for (const { id } of weighted) expect(counts.get(id) ?? 0).toBeGreaterThan(1500);
    });

    test('P24: gives a destination that is starting its part, which grows step by step', () => {
      const policy = create();
      const shares = [0.1, 0.25, 0.5, 0.75, 1].map((part) => {
        const starting = [candidate('a'), candidate('b'), { ...candidate('c'), weight: part }];
        let count = 0;
        for (let key = 0; key < 4000; key++) if (policy.pick(starting, hash32(`client ${key}`))?.id === 'c') count++;
        return count / 4000;
      });
      const wanted = [0.1, 0.25, 0.5, 0.75, 1].map((part) => part / (2 + part));
      shares.forEach((share, index) => {
        expect(Math.abs(share - (wanted[index] ?? 0))).toBeLessThan(0.05);
      });
    });

    test('leaves its candidates as they are', () => {
      const frozen = Object.freeze(three.map((one) => Object.freeze({ ...one })));
      const policy = create();
      for (let key = 0; key < 10; key++) policy.pick(frozen, key);
    });
  });
}
