import autocannon from 'autocannon';
import { Redis } from 'ioredis';
import { startOwnRedis } from '../systems/own-redis.js';
import { startDelayingProxy } from './delaying-proxy.js';
import { type ServerProcess, startServer } from './server-process.js';
import { type Figures, median, STORES, type StoreName } from './stores.js';

const ADDED_MS = [0, 0.5, 1, 2] as const;

/** What a slower way to Redis does to an authenticated GET, one connection. */
export async function latency(quick: boolean): Promise<Figures> {
  const [rounds, seconds] = quick ? [1, 1] : [3, 3];
  const redis = await startOwnRedis();
  const figures: Figures = {};
  try {
    for (const addedMs of ADDED_MS) {
      // One each: what another store asks of Redis in the background would be in the way.
      const proxies = await Promise.all(STORES.map(() => startDelayingProxy(portOf(redis.url), addedMs)));
      const servers = await Promise.all(
        STORES.map((store, n) => startServer(store, `redis://127.0.0.1:${proxies[n]?.port}`)),
      );
      try {
        const name = nameOf(addedMs);
        for (const [store, ms] of await meansOf(servers, rounds, seconds)) figures[`ms${name}.${store}`] = ms;
        // What was really added, on a busy machine.
        figures[`msOfPing${name}`] = await roundTrip(proxies[0]?.port ?? 0);
      } finally {
        for (const server of servers) server.stop();
        for (const proxy of proxies) proxy.close();
      }
    }
  } finally {
    await redis.stop();
  }
  return { ...figures, ...roundTripsOf(figures) };
}

/** Milliseconds of a request, the median of the rounds. */
async function meansOf(
  servers: readonly ServerProcess[],
  rounds: number,
  seconds: number,
): Promise<[StoreName, number][]> {
  const means = new Map<StoreName, number[]>(servers.map(({ store }) => [store, []]));
  const cookies = await Promise.all(servers.map((server) => server.login('ada')));
  // The first round warms up.
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (const [n, server] of servers.entries()) {
      const headers = { cookie: cookies[n] ?? '' };
      const { requests } = await autocannon({ url: `${server.url}/me`, connections: 1, duration: seconds, headers });
      // autocannon's latencies are whole milliseconds; the rate of one connection is exact.
      if (turn > 0) means.get(server.store)?.push(1000 / requests.average);
    }
  }
  return [...means].map(([store, values]) => [store, median(values)]);
}

/** The ways to Redis and back that a request waits for: what it takes longer, in times of what a PING takes longer. */
function roundTripsOf(figures: Figures): Figures {
  const [near, far] = [Math.min(...ADDED_MS), Math.max(...ADDED_MS)];
  const longer = (name: (added: string) => string) =>
    (figures[name(nameOf(far))] ?? 0) - (figures[name(nameOf(near))] ?? 0);
  const ping = longer((added) => `msOfPing${added}`);
  return Object.fromEntries(
    STORES.map((store) => {
      const request = longer((added) => `ms${added}.${store}`);
      // One that does not wait differs from 0 by noise alone, in both directions.
      return [`roundTrips.${store}`, Math.max(0, request / ping)];
    }),
  );
}

/** In microseconds, since the dot in a figure's name separates its parts. */
function nameOf(addedMs: number): string {
  return `At${addedMs * 1_000}Us`;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
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
  return median(taken);
}
