import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { clientAddresses } from '../../loads/client-addresses.js';
import type { RequestCosts, RequestKind } from '../measured-costs.js';
import { type Answer, inParallel, keepCookies, LoadClient } from './closed-loop.js';
import { type Part, systemProcesses } from './process-cpu.js';
import { type RedisCounters, readCounters, sessionMemory } from './redis-counters.js';

export interface Dose {
  readonly users: number;
  readonly connections: number;
  /** The number of requests of each kind, except logins. */
  readonly requests: number;
  readonly logins: number;
}

export interface ScenarioCosts {
  readonly requests: Readonly<Record<RequestKind, RequestCosts>>;
  readonly redisBytes: { readonly perSession: number; readonly fixed: number };
}

interface User {
  readonly headers: Record<string, string>;
  readonly account: { readonly username: string; readonly password: string };
  todo: string;
}

/** The time for events to finish after the answer: their work belongs to the request as well. */
const SETTLE_MS = 1500;
/**
 * The sweep of expired sessions comes in bursts, one in this time. Everything is measured over a multiple of it, so that the rate of the
 * idle system holds as many bursts as the measurement that it is subtracted from.
 */
const SWEEP_MS = 5000;
const IDLE_MS = 2 * SWEEP_MS;

/** The costs of each kind of request of one scenario, measured one after the other, with the costs of the idle system subtracted. */
export async function measureScenario(url: string, redis: Redis, dose: Dose): Promise<ScenarioCosts> {
  const client = new LoadClient(url, dose.connections);
  try {
    const users = await signUp(client, dose);
    const redisBytes = await sessionMemory(redis);
    const idle = await idleRates(redis);
    const measure = (count: number, act: (user: User, n: number) => Promise<unknown>) =>
      measureKind({ client, redis, users, idle, count, parallel: dose.connections }, act);
    const me = await measure(dose.requests, (user) => expectStatus(client.send('GET', '/auth/me', user.headers), 200));
    const read = await measure(dose.requests, (user) => expectStatus(client.send('GET', '/todos', user.headers), 200));
    const write = await measure(dose.requests, (user, n) =>
      expectStatus(client.send('PATCH', `/todos/${user.todo}`, user.headers, { done: n % 2 === 0 }), 200),
    );
    const login = await measure(dose.logins, (user) =>
      expectStatus(client.send('POST', '/auth/login', withoutSession(user.headers), user.account), 200),
    );
    return { requests: { login, me, read, write }, redisBytes };
  } finally {
    client.close();
  }
}

async function signUp(client: LoadClient, { users, connections }: Dose): Promise<User[]> {
  const addresses = clientAddresses(users, 1);
  const made: User[] = [];
  await inParallel(users, connections, async (n) => {
    const account = { username: `cost-${Date.now().toString(36)}-${n}`, password: 'a long passphrase for costs' };
    const headers: Record<string, string> = { 'x-forwarded-for': addresses[n] ?? '10.0.0.1' };
    keepCookies(headers, (await expectStatus(client.send('POST', '/auth/register', headers, account), 201)).headers);
    const todo = await expectStatus(client.send('POST', '/todos', headers, { title: 'a todo of usual length' }), 201);
    keepCookies(headers, todo.headers);
    made.push({ headers, account, todo: idOf(todo.body) });
  });
  return made;
}

interface Measuring {
  readonly client: LoadClient;
  readonly redis: Redis;
  readonly users: readonly User[];
  readonly idle: Snapshot;
  readonly count: number;
  readonly parallel: number;
}

async function measureKind(
  { client, redis, users, idle, count, parallel }: Measuring,
  act: (user: User, n: number) => Promise<unknown>,
): Promise<RequestCosts> {
  const run = (times: number) =>
    inParallel(times, parallel, async (n) => {
      const user = users[n % users.length];
      if (user !== undefined) await act(user, Math.floor(n / users.length));
    });
  await run(Math.ceil(count / 10));
  await sleep(SETTLE_MS);
  const bytesBefore = client.bytes;
  const before = await snapshot(redis);
  await run(count);
  const clientBytes = client.bytes - bytesBefore;
  const settled = performance.now() - before.atMs + SETTLE_MS;
  await sleep(SETTLE_MS + SWEEP_MS - (settled % SWEEP_MS));
  const spent = minus(await snapshot(redis), before);
  const one = (total: number, idleRate: number) => Math.max(0, (total - idleRate * spent.atMs) / count);
  return {
    cpuUs: {
      gateway: round(one(spent.cpuUs.gateway, idle.cpuUs.gateway)),
      servers: round(one(spent.cpuUs.servers, idle.cpuUs.servers)),
      redis: round(one(spent.cpuUs.redis, idle.cpuUs.redis)),
    },
    redisOperations: round(one(spent.operations, idle.operations)),
    redisBytes: round(one(spent.bytes, idle.bytes)),
    clientBytes: round(clientBytes / count),
  };
}

interface Snapshot extends RedisCounters {
  readonly atMs: number;
  readonly cpuUs: Readonly<Record<Part, number>>;
}

async function snapshot(redis: Redis): Promise<Snapshot> {
  const cpuUs = { gateway: 0, servers: 0, redis: 0 };
  for (const { part, cpuUs: spent } of systemProcesses()) cpuUs[part] += spent;
  return { atMs: performance.now(), cpuUs, ...(await readCounters(redis)) };
}

function minus(now: Snapshot, before: Snapshot): Snapshot {
  return {
    atMs: now.atMs - before.atMs,
    operations: now.operations - before.operations,
    bytes: now.bytes - before.bytes,
    cpuUs: {
      gateway: now.cpuUs.gateway - before.cpuUs.gateway,
      servers: now.cpuUs.servers - before.cpuUs.servers,
      redis: now.cpuUs.redis - before.cpuUs.redis,
    },
  };
}

/** The costs per millisecond of the system without users. */
async function idleRates(redis: Redis): Promise<Snapshot> {
  await sleep(SETTLE_MS);
  const before = await snapshot(redis);
  await sleep(IDLE_MS);
  const { atMs, operations, bytes, cpuUs } = minus(await snapshot(redis), before);
  return {
    ...{ atMs: 1, operations: operations / atMs, bytes: bytes / atMs },
    cpuUs: { gateway: cpuUs.gateway / atMs, servers: cpuUs.servers / atMs, redis: cpuUs.redis / atMs },
  };
}

async function expectStatus(answer: Promise<Answer>, status: number): Promise<Answer> {
  const got = await answer;
  if (got.status !== status) throw new Error(`expected ${status}, got ${got.status}: ${got.body.slice(0, 300)}`);
  return got;
}

/** A login of a browser that is bound to a server and not logged in. */
function withoutSession({ cookie = '', ...headers }: Record<string, string>): Record<string, string> {
  const kept = cookie.split('; ').filter((pair) => !pair.startsWith('hf_sid='));
  return { ...headers, cookie: kept.join('; ') };
}

function idOf(body: string): string {
  const answer = JSON.parse(body) as { id?: string; todo?: { id: string } };
  return answer.id ?? answer.todo?.id ?? '';
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
