/**
 * `node dist/programs/session/lab/store-clients.js '{"clients":100,"sessions":200,"writes":2000}'`: opens so many clients of one Redis, each with
 * connections and a near cache of its own, as so many servers would; has each serve every session, writes from one of them, and reads
 * on all. Prints what that took, as one line of JSON.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant, type Variant } from '../variants.js';

const BATCH = 50;
/** A client that has not served a session by then came up late. */
const LATE_MS = 10_000;
const AGAIN_MS = 50;
/** After this time a copy of what was overwritten is a stale one. */
const HEARD_MS = 1_000;

interface Client {
  readonly variant: Variant;
  readonly redis: Redis;
}

const { clients, sessions, writes } = JSON.parse(process.argv[2] ?? '{}') as Record<string, number> & {
  readonly clients: number;
  readonly sessions: number;
  readonly writes: number;
};
const server = await startRedis({ args: ['--appendonly', 'no'] });
const control = new Redis(server.url);
const opened: Client[] = [];
try {
  const alone = await connections();
  const first = open();
  const cookies = await Promise.all(Array.from({ length: sessions }, (_, n) => logIn(first, `user-${n}`)));
  const [one = ''] = cookies;
  await close(first);
  opened.pop();
  const begunAt = performance.now();
  const servedMs = await Promise.all(Array.from({ length: clients }, () => msUntilServed(open(), one, begunAt)));
  for (const client of opened) await inBatches(cookies, (cookie) => read(client, cookie));
  const held = (await connections()) - alone;
  const cpuBefore = await cpuSeconds();
  const [writer = first] = opened;
  for (let n = 0; n < writes; n += BATCH)
    await Promise.all(
      Array.from({ length: Math.min(BATCH, writes - n) }, (_, i) =>
        write(writer, cookies[(n + i) % sessions] ?? one, n + i),
      ),
    );
  await delay(HEARD_MS);
  const cpu = (await cpuSeconds()) - cpuBefore;
  const expected = cookies.map((_, n) => latestWrite(n));
  let stale = 0;
  for (const client of opened)
    await inBatches(cookies, async (cookie, n) => {
      if ((await read(client, cookie)) !== expected[n]) stale++;
    });
  console.log(
    JSON.stringify({
      ...{ clients, late: servedMs.filter((ms) => ms > LATE_MS).length, lastServedMs: Math.max(...servedMs) },
      connections: held,
      ...{ redisUsPerWrite: (cpu * 1e6) / writes, copies: clients * sessions, stale },
    }),
  );
} finally {
  for (const client of opened) await close(client);
  control.disconnect();
  await server.stop();
}
process.exit(0);

function open(): Client {
  const redis = new Redis(server.url);
  const client = { redis, variant: openVariant('cached', redis) };
  opened.push(client);
  return client;
}

async function close({ redis, variant }: Client): Promise<void> {
  await variant.sessions?.close();
  redis.disconnect();
}

async function logIn({ variant }: Client, user: string): Promise<string> {
  const { cookie } = await exchange(variant.middleware, undefined, (req) => variant.login(req, user));
  if (cookie === undefined) throw new Error(`${user} could not log in`);
  return cookie;
}

/** A client whose first commands wait behind those of a hundred others answers 503, and its user tries again. */
async function msUntilServed(client: Client, cookie: string, begunAt: number): Promise<number> {
  for (;;) {
    const isServed = await read(client, cookie).then(
      () => true,
      () => false,
    );
    const ms = performance.now() - begunAt;
    if (isServed || ms > LATE_MS) return ms;
    await delay(AGAIN_MS);
  }
}

/** The number that was written last; throws where the session is not known. */
async function read({ variant }: Client, cookie: string): Promise<number | undefined> {
  let seen: number | undefined;
  const { status } = await exchange(variant.middleware, cookie, (req) => {
    if (!variant.isLoggedIn(req)) throw new Error('a client does not know the session');
    seen = (req.session as { written?: number }).written;
  });
  if (status !== 200) throw new Error(`a client answered a session with ${status}`);
  return seen;
}

async function write({ variant }: Client, cookie: string, n: number): Promise<void> {
  const { status } = await exchange(variant.middleware, cookie, (req) => {
    (req.session as { written?: number }).written = n;
  });
  if (status !== 200) throw new Error(`a write was answered with ${status}`);
}

/** Of the session with that number; batches are smaller than the number of sessions, so that no two writes of one are under way. */
function latestWrite(session: number): number {
  return session + Math.floor((writes - 1 - session) / sessions) * sessions;
}

async function inBatches(
  cookies: readonly string[],
  act: (cookie: string, n: number) => Promise<unknown>,
): Promise<void> {
  for (let n = 0; n < cookies.length; n += BATCH)
    await Promise.all(cookies.slice(n, n + BATCH).map((cookie, i) => act(cookie, n + i)));
}

async function connections(): Promise<number> {
  return Number(/connected_clients:(\d+)/.exec(await control.info('clients'))?.[1]);
}

async function cpuSeconds(): Promise<number> {
  const info = await control.info('cpu');
  return ['user', 'sys'].reduce((sum, of) => sum + Number(new RegExp(`used_cpu_${of}:([\\d.]+)`).exec(info)?.[1]), 0);
}
