import { describe, expect, test } from '@jest/globals';
import { hash32 } from '../hash.js';
import { createPolicy, POLICY_NAMES } from './create-policy.js';
import { candidate, policyContract } from './policy.contract.js';

const random = Math.random;
for (const name of POLICY_NAMES) policyContract(name, () => createPolicy(name, { random }));
policyContract('consistent-hash with bounded load', () =>
  createPolicy('consistent-hash', { random, boundedLoad: 1.25 }),
);

describe('round-robin', () => {
  test('takes each in turn', () => {
    const policy = createPolicy('round-robin', { random });
    const three = [candidate('a'), candidate('b'), candidate('c')];
    expect(Array.from({ length: 6 }, () => policy.pick(three, 0)?.id).join('')).toBe('abcabc');
  });

  test('interleaves weights smoothly instead of in bursts', () => {
    const policy = createPolicy('round-robin', { random });
    const weighted = [candidate('a', 5), candidate('b', 1), candidate('c', 1)];
    expect(Array.from({ length: 7 }, () => policy.pick(weighted, 0)?.id).join('')).toBe('aabacaa');
  });

  test('keeps its place when the candidates change, so the first is not favoured', () => {
    const policy = createPolicy('round-robin', { random });
    const counts = new Map<string, number>();
    for (let i = 0; i < 900; i++) {
      const id = policy.pick([candidate('a'), candidate('b'), candidate('c')], 0)?.id ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual([300, 300, 300]);
  });
});

test('least-requests takes the fewest in flight per weight', () => {
  const policy = createPolicy('least-requests', { random });
  expect(policy.pick([candidate('a', 1, 3), candidate('b', 4, 8), candidate('c', 1, 3)], 0)?.id).toBe('b');
});

test('random-two takes the less loaded of two, never the most loaded of three', () => {
  const policy = createPolicy('random-two', { random });
  const loaded = [candidate('a', 1, 9), candidate('b', 1, 1), candidate('c', 1, 2)];
  for (let i = 0; i < 200; i++) expect(policy.pick(loaded, 0)?.id).not.toBe('a');
});

describe('consistent-hash', () => {
  const keys = 1_000_000;

  test('moves within a tenth of 1/N of a million keys when one of N goes, and only its own', () => {
    const policy = createPolicy('consistent-hash', { random });
    for (const count of [3, 10]) {
      const all = Array.from({ length: count }, (_, index) => candidate(`app-${index + 1}`));
      const fewer = all.slice(0, -1);
      const gone = all.at(-1);
      let moved = 0;
      let movedNeedlessly = 0;
      for (let key = 0; key < keys; key++) {
        const hash = hash32(`user-${key}`);
        const before = policy.pick(all, hash);
        if (before === policy.pick(fewer, hash)) continue;
        moved++;
        if (before !== gone) movedNeedlessly++;
      }
      expect(movedNeedlessly).toBe(0);
      expect(Math.abs(moved / keys - 1 / count)).toBeLessThan(0.1 / count);
    }
  }, 30_000);

  test('with bounded load keeps the hottest below 1.5 times the mean when one key makes 30 % of the traffic', () => {
    const policy = createPolicy('consistent-hash', { random, boundedLoad: 1.25 });
    const load = Array.from({ length: 5 }, (_, index) => ({ ...candidate(`app-${index}`), inFlight: 0, served: 0 }));
    const underway: (typeof load)[number][] = [];
    for (let i = 0; i < 50_000; i++) {
      const picked = policy.pick(load, hash32(i % 10 < 3 ? 'the hot one' : `user-${i % 997}`));
      if (picked === undefined) throw new Error('nothing picked');
      picked.inFlight++;
      picked.served++;
      underway.push(picked);
      if (underway.length > 64) {
        const done = underway.shift();
        if (done !== undefined) done.inFlight--;
      }
    }
    const most = Math.max(...load.map(({ served }) => served));
    expect(most / (50_000 / load.length)).toBeLessThan(1.5);
  });
});

describe.each(['least-requests', 'random-two'] as const)('%s while one is starting', (name) => {
  /** Shares under `users` requests in flight, each as long as the next. */
  function shareOfStarting(users: number, weight: number): number {
    const policy = createPolicy(name, { random });
    const three = ['a', 'b', 'c'].map((id) => ({ ...candidate(id), inFlight: 0, served: 0 }));
    const [, , starting] = three;
    if (starting === undefined) throw new Error('no third');
    const candidates = three.map((one) => (one === starting ? Object.assign(one, { weight }) : one));
    const underway: (typeof three)[number][] = [];
    for (let i = 0; i < 6000; i++) {
      const picked = policy.pick(candidates, 0);
      if (picked === undefined) throw new Error('nothing picked');
      picked.inFlight++;
      picked.served++;
      underway.push(picked);
      if (underway.length < users) continue;
      const [done] = underway.splice(Math.floor(random() * underway.length), 1);
      if (done !== undefined) done.inFlight--;
    }
    return starting.served / 6000;
  }

  test.each([1, 4, 16, 64, 256])('P24: gives it neither all nor nothing with %i requests in flight', (users) => {
    for (const part of [0.1, 0.5]) {
      const share = shareOfStarting(users, part);
      expect(share).toBeGreaterThan((0.5 * part) / (2 + part));
      expect(share).toBeLessThan((1.5 * part) / (2 + part));
    }
  });
});
