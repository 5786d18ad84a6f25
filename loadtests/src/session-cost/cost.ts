import autocannon from 'autocannon';
import { Redis } from 'ioredis';
import { startOwnRedis } from '../systems/own-redis.js';
import { type ServerProcess, startServer } from './server-process.js';
import { type Figures, median, STORES, type StoreName } from './stores.js';

const CONNECTIONS = 16;
const SESSIONS = 200;

interface Sample {
  readonly cpuMicros: number;
  readonly commands: number;
  readonly p50: number;
  readonly p99: number;
}

/** An authenticated GET on each store: interleaved rounds, so that what else the machine does hits all alike. */
export async function cost(quick: boolean): Promise<Figures> {
  const [rounds, seconds] = quick ? [3, 2] : [7, 5];
  const redis = await startOwnRedis();
  const admin = new Redis(redis.url);
  const servers = await Promise.all(STORES.map((store) => startServer(store, redis.url)));
  const samples = new Map<StoreName, Sample[]>(STORES.map((store) => [store, []]));
  try {
    const cookies = new Map<ServerProcess, string[]>();
    for (const server of servers) {
      const users = Array.from({ length: SESSIONS }, (_, n) => `user-${n}`);
      cookies.set(server, await Promise.all(users.map((user) => server.login(user))));
      await load(server, cookies.get(server) ?? [], 3);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const server of servers) {
        samples.get(server.store)?.push(await sample(server, cookies.get(server) ?? [], admin, seconds));
      }
    }
  } finally {
    for (const server of servers) server.stop();
    admin.disconnect();
    await redis.stop();
  }
  return summarize(samples);
}

async function sample(
  server: ServerProcess,
  cookies: readonly string[],
  admin: Redis,
  seconds: number,
): Promise<Sample> {
  await admin.config('RESETSTAT');
  const before = await server.usage();
  const result = await load(server, cookies, seconds);
  const after = await server.usage();
  const requests = result['2xx'];
  return {
    cpuMicros: (after.cpuMicroseconds - before.cpuMicroseconds) / requests,
    commands: (await sessionCommands(admin)) / requests,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

async function load(server: ServerProcess, cookies: readonly string[], seconds: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url: `${server.url}/me`,
    connections: CONNECTIONS,
    duration: seconds,
    requests: cookies.map((cookie) => ({ method: 'GET' as const, path: '/me', headers: { cookie } })),
  });
  if (result.non2xx > 0) throw new Error(`${server.store}: ${result.non2xx} requests were not authenticated`);
  return result;
}

/** Commands on sessions: heartbeats, the sweeper and our own administration left out. */
async function sessionCommands(admin: Redis): Promise<number> {
  const stats = await admin.info('commandstats');
  let commands = 0;
  for (const [, name = '', calls] of stats.matchAll(/^cmdstat_(get|expire|hgetall|set|hset):calls=(\d+)/gm)) {
    if (name !== '') commands += Number(calls);
  }
  return commands;
}

function summarize(samples: ReadonlyMap<StoreName, readonly Sample[]>): Figures {
  const of = (store: StoreName, key: keyof Sample) => (samples.get(store) ?? []).map((sample) => sample[key]);
  const memory = of('memory', 'cpuMicros');
  return Object.fromEntries(
    STORES.flatMap((store) => {
      const cpu = of(store, 'cpuMicros');
      return [
        [`cpuMicros.${store}`, median(cpu)],
        // Within a round, so that a busy machine moves both.
        [`timesMemory.${store}`, median(cpu.map((value, round) => value / (memory[round] ?? value)))],
        [`redisCommands.${store}`, median(of(store, 'commands'))],
        [`p50Ms.${store}`, median(of(store, 'p50'))],
        [`p99Ms.${store}`, median(of(store, 'p99'))],
      ];
    }),
  );
}
