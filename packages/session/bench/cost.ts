import { startRedis } from '@holdfast/testing';
import autocannon from 'autocannon';
import { Redis } from 'ioredis';
import { quantile, round } from './median.js';
import { type ServerProcess, startServer } from './server-process.js';
import { VARIANTS, type VariantName } from './variants.js';

const CONNECTIONS = 16;
const SESSIONS = 200;

export interface Cost {
  readonly variant: VariantName;
  /** Of the server process, median of the rounds. */
  readonly cpuMicrosPerRequest: number;
  /** Throughput per CPU-second against MemoryStore's; above 1 is better. */
  readonly perCpuAgainstMemory: number;
  readonly redisCommandsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Sample {
  readonly cpuMicros: number;
  readonly commands: number;
  readonly p50: number;
  readonly p99: number;
}

/** An authenticated GET on each variant: interleaved rounds, so that what else the machine does hits all alike. */
export async function measureCost(rounds: number, seconds: number): Promise<Cost[]> {
  const redis = await startRedis();
  const admin = new Redis(redis.url);
  const servers = await Promise.all(VARIANTS.map((variant) => startServer(variant, redis.url)));
  const samples = new Map<VariantName, Sample[]>(VARIANTS.map((variant) => [variant, []]));
  try {
    const cookies = new Map<ServerProcess, string[]>();
    for (const server of servers) {
      const users = Array.from({ length: SESSIONS }, (_, n) => `user-${n}`);
      cookies.set(server, await Promise.all(users.map((user) => server.login(user))));
      await load(server, cookies.get(server) ?? [], 3);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const server of servers) {
        samples.get(server.variant)?.push(await sample(server, cookies.get(server) ?? [], admin, seconds));
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
  if (result.non2xx > 0) throw new Error(`${server.variant}: ${result.non2xx} requests were not authenticated`);
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

function summarize(samples: ReadonlyMap<VariantName, readonly Sample[]>): Cost[] {
  const cpu = (variant: VariantName) =>
    quantile(
      (samples.get(variant) ?? []).map(({ cpuMicros }) => cpuMicros),
      0.5,
    );
  return VARIANTS.map((variant) => {
    const own = samples.get(variant) ?? [];
    return {
      variant,
      cpuMicrosPerRequest: round(cpu(variant)),
      perCpuAgainstMemory: round(cpu('memory') / cpu(variant), 2),
      redisCommandsPerRequest: round(
        quantile(
          own.map(({ commands }) => commands),
          0.5,
        ),
        3,
      ),
      p50Ms: quantile(
        own.map(({ p50 }) => p50),
        0.5,
      ),
      p99Ms: quantile(
        own.map(({ p99 }) => p99),
        0.5,
      ),
    };
  });
}
