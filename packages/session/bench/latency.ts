import { startRedis } from '@holdfast/testing';
import autocannon from 'autocannon';
import { Redis } from 'ioredis';
import { startDelayingProxy } from './delaying-proxy.js';
import { quantile, round } from './median.js';
import { startServer } from './server-process.js';
import type { VariantName } from './variants.js';

const ADDED_MS = [0, 0.5, 1, 2] as const;
const COMPARED = ['memory', 'connect-redis', 'redis', 'cached'] as const satisfies readonly VariantName[];

export interface LatencyPoint {
  readonly addedRedisMs: number;
  /** A PING at the same time, over the same way: what was really added, on a busy machine. */
  readonly roundTripMs: number;
  /** Mean milliseconds of an authenticated GET, one connection. */
  readonly memory: number;
  readonly 'connect-redis': number;
  readonly redis: number;
  readonly cached: number;
}

/** What a slower way to Redis does to an authenticated GET. */
export async function measureLatency(rounds: number, seconds: number): Promise<LatencyPoint[]> {
  const redis = await startRedis();
  const points: LatencyPoint[] = [];
  try {
    for (const addedRedisMs of ADDED_MS) {
      // One each: what another variant asks of Redis in the background would be in the way.
      const proxies = await Promise.all(COMPARED.map(() => startDelayingProxy(redis.port, addedRedisMs)));
      const means = new Map<VariantName, number[]>(COMPARED.map((variant) => [variant, []]));
      const servers = await Promise.all(
        COMPARED.map((variant, n) => startServer(variant, `redis://127.0.0.1:${proxies[n]?.port}`)),
      );
      const cookies = await Promise.all(servers.map((server) => server.login('ada')));
      // The first round warms up.
      for (let turn = 0; turn <= rounds; turn += 1) {
        for (const [n, server] of servers.entries()) {
          const headers = { cookie: cookies[n] ?? '' };
          const { latency, requests } = await autocannon({
            url: `${server.url}/me`,
            connections: 1,
            duration: seconds,
            headers,
          });
          // autocannon's latencies are whole milliseconds; the rate of one connection is exact.
          if (turn > 0 && latency.mean >= 0) means.get(server.variant)?.push(1000 / requests.average);
        }
      }
      const mean = (variant: VariantName) => round(quantile(means.get(variant) ?? [], 0.5), 3);
      points.push({
        addedRedisMs,
        roundTripMs: await roundTrip(proxies[0]?.port ?? 0),
        memory: mean('memory'),
        'connect-redis': mean('connect-redis'),
        redis: mean('redis'),
        cached: mean('cached'),
      });
      for (const server of servers) server.stop();
      for (const proxy of proxies) proxy.close();
    }
  } finally {
    await redis.stop();
  }
  return points;
}

async function roundTrip(port: number): Promise<number> {
  const redis = new Redis(port, '127.0.0.1');
  const taken: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const start = performance.now();
    await redis.ping();
    taken.push(performance.now() - start);
  }
  redis.disconnect();
  return round(quantile(taken, 0.5), 3);
}

/**
 * The Redis round trip at which a request takes twice as long as one whose session is in server memory: below it, a
 * shared session costs less than the request itself.
 */
export function breakEven(points: readonly LatencyPoint[]): Record<string, string> {
  const [local] = points;
  const last = points.at(-1);
  if (local === undefined || last === undefined) return {};
  const describe = (variant: 'connect-redis' | 'redis' | 'cached') => {
    const roundTrips = (last[variant] - local[variant]) / (last.roundTripMs - local.roundTripMs);
    if (roundTrips < 0.4) return 'none: a read does not wait for Redis';
    const addedMs = Math.max(0, (2 * local.memory - local[variant]) / roundTrips) + local.roundTripMs;
    return `${round(roundTrips, 1)} round trips a request; twice as long as in memory from ${round(addedMs, 2)} ms each`;
  };
  return { 'connect-redis': describe('connect-redis'), redis: describe('redis'), cached: describe('cached') };
}
