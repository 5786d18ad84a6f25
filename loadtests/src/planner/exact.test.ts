import { createPolicy } from '@holdfast/proxy/policies';
import { expect, test } from '@jest/globals';
import { seededRandom } from '../loads/seeded-random.js';
import { type CacheTraffic, cacheHits, harmonic, lastOf, redisMemory } from './exact.js';

test('the mean of the last of n exponential times is what n draws show', () => {
  const random = seededRandom(3);
  const rounds = 4000;
  let sum = 0;
  for (let round = 0; round < rounds; round += 1) {
    let last = 0;
    for (let n = 0; n < 50; n += 1) last = Math.max(last, -Math.log(1 - random()));
    sum += last;
  }
  expect(sum / rounds / harmonic(50)).toBeCloseTo(1, 1);
  expect(harmonic(2_000)).toBeCloseTo(
    Array.from({ length: 2000 }, (_, k) => 1 / (k + 1)).reduce((a, b) => a + b),
    6,
  );
});

test('the time that is enough 19 times of 20 is later than the mean, and 0 for nobody', () => {
  expect(lastOf(50_000, 30, 0.95)).toBeGreaterThan(30 * harmonic(50_000));
  expect(lastOf(0, 30, 0.95)).toBe(0);
});

/** One cache per server, sessions that end and begin, changes that make every copy stale. */
function simulatedHits(traffic: CacheTraffic): number {
  const { servers, sticky, users, requestsPerSession, changesPerRequest, capacity } = traffic;
  const random = seededRandom(5);
  const policy = createPolicy('round-robin', { random });
  const candidates = Array.from({ length: servers }, (_, n) => ({
    ...{ weight: 1, configuredWeight: 1, inFlight: 0, hash: n },
    copies: new Set<number>(),
  }));
  const forget = (user: number) => {
    for (const { copies } of candidates) copies.delete(user);
  };
  const requests = 200_000;
  let hits = 0;
  for (let n = 0; n < 2 * requests; n += 1) {
    const user = Math.floor(random() * users);
    if (random() < 1 / requestsPerSession) forget(user);
    const server = sticky ? candidates[user % servers] : policy.pick(candidates, 0);
    if (server === undefined) throw new Error('nothing picked');
    const { copies } = server;
    if (copies.delete(user) && n >= requests) hits += 1;
    copies.add(user);
    const [oldest] = copies;
    if (copies.size > capacity && oldest !== undefined) copies.delete(oldest);
    if (random() < changesPerRequest) forget(user);
  }
  return hits / requests;
}

test.each<CacheTraffic>([
  { servers: 3, sticky: false, users: 500, requestsPerSession: 40, changesPerRequest: 0.01, capacity: 10_000 },
  { servers: 12, sticky: false, users: 500, requestsPerSession: 40, changesPerRequest: 0.05, capacity: 10_000 },
  { servers: 12, sticky: true, users: 500, requestsPerSession: 40, changesPerRequest: 0.05, capacity: 10_000 },
  { servers: 5, sticky: true, users: 2000, requestsPerSession: 100, changesPerRequest: 0.02, capacity: 100 },
  { servers: 5, sticky: false, users: 2000, requestsPerSession: 400, changesPerRequest: 0.002, capacity: 300 },
])(
  'the hits of a near cache are those of simulated caches: $servers servers, sticky $sticky, $capacity copies',
  (traffic) => {
    expect(Math.abs(cacheHits(traffic).hits - simulatedHits(traffic))).toBeLessThan(0.03);
  },
);

test('few sessions use few of the shared indexes', () => {
  const bytes = { redis: 1000, redisFixed: 256_000 };
  expect(redisMemory(0, bytes)).toBe(0);
  expect(redisMemory(1, bytes)).toBeCloseTo(2000, 0);
  expect(redisMemory(1e6, bytes)).toBeCloseTo(1e9 + 256_000, 0);
});
