import { afterEach, describe, expect, test } from '@jest/globals';
import type { ProxyConfig, ReverseProxy } from '../src/index.js';
import { RawClient } from './support/raw-client.js';
import { Replica } from './support/replica.js';
import { alsoEnd, cleanUp, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

const replicas: Replica[] = [];
afterEach(async () => {
  await cleanUp();
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
});

async function start(app: Partial<ProxyConfig['upstreams'][string]>) {
  const three = await Promise.all(['app-1', 'app-2', 'app-3'].map((id) => new Replica(id).start()));
  replicas.push(...three);
  const destinations = three.map(({ id, url }) => ({ id, url }));
  const { proxy, port } = await startProxy([], {
    upstreams: { app: { health: { path: '/healthz' }, destinations, ...app } },
    affinitySecrets: ['a-secret-of-sufficient-length'],
    trustedProxies: ['127.0.0.1'],
  });
  return { three, proxy, port };
}

/** One client on one connection, with its own cookie and its own address. */
class User {
  cookie = '';
  readonly servedBy: string[] = [];
  readonly statuses: number[] = [];
  readonly tookMs: number[] = [];
  private client: RawClient;

  constructor(
    port: number,
    private readonly address: string,
  ) {
    this.client = new RawClient(port);
  }

  async ask(path = '/', method = 'GET'): Promise<string> {
    const startedAt = performance.now();
    const cookie = this.cookie === '' ? '' : `Cookie: ${this.cookie}\r\n`;
    this.client.send(
      `${method} ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${this.address}\r\n${cookie}Content-Length: 0\r\n\r\n`,
    );
    const answer = await this.client.answer();
    this.tookMs.push(performance.now() - startedAt);
    this.statuses.push(answer.status);
    const by = answer.headers.get('x-served-by') ?? '';
    this.servedBy.push(by);
    const set = answer.headers.get('set-cookie');
    if (set !== undefined) this.cookie = set.split(';')[0] ?? '';
    return by;
  }

  close(): void {
    this.client.close();
  }
}

/** Users that ask one request after the other until stopped. */
function keepAsking(users: readonly User[]): { stop(): Promise<void> } {
  let running = true;
  const done = Promise.all(
    users.map(async (user) => {
      while (running) {
        await user.ask();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }),
  );
  const stop = async (): Promise<void> => {
    running = false;
    await done;
    for (const user of users) user.close();
  };
  alsoEnd(async () => {
    running = false;
    for (const user of users) user.close();
    await done.catch(() => {});
  });
  return { stop };
}

const stateOf = (proxy: ReverseProxy, id: string): string | undefined =>
  proxy.upstreams()[0]?.destinations.find((destination) => destination.id === id)?.state;

const ways: [string, Partial<ProxyConfig['upstreams'][string]>][] = [
  ['a cookie', { affinity: { cookie: 'aff' } }],
  ['the address', { affinity: { by: 'address' } }],
  ['ip-hash', { policy: 'ip-hash' }],
];

describe.each(ways)('users bound by %s', (_, app) => {
  test.each([1000, 2000, 4000])(
    'P1: %i ms of synchronous work cut no answer and move none',
    async (busyMs) => {
      const { port, proxy } = await start(app);
      const users = Array.from({ length: 9 }, (_, index) => new User(port, `10.0.0.${index}`));
      for (const user of users) await user.ask();
      const [busy] = users;
      const home = busy?.servedBy[0] ?? '';
      const asking = keepAsking(users.slice(1));
      expect(await busy?.ask(`/busy/${busyMs}`)).toBe(home);
      await waitFor(() => stateOf(proxy, home) === 'up');
      await asking.stop();
      busy?.close();
      for (const user of users) {
        expect(new Set(user.statuses)).toEqual(new Set([200]));
        expect(new Set(user.servedBy).size).toBe(1);
      }
    },
    30_000,
  );
});

test('P1: a POST that works for 2 s is answered by who took it, once', async () => {
  const { port } = await start({});
  const user = new User(port, '10.0.0.1');
  await user.ask('/busy/2000', 'POST');
  expect(user.statuses).toEqual([200]);
  user.close();
});

test('P1: a frozen destination gets no new users after a second; its own move after 4.5 to 8 s, and none gets an error', async () => {
  const { three, port, proxy } = await start({ affinity: { cookie: 'aff' } });
  const users = Array.from({ length: 6 }, (_, index) => new User(port, `10.0.0.${index}`));
  for (const user of users) await user.ask();
  const bound = users.filter((user) => user.servedBy[0] === 'app-2');
  expect(bound.length).toBe(2);
  const asking = keepAsking(users);
  three[1]?.signal('SIGSTOP');
  const frozenAt = performance.now();
  await waitFor(() => stateOf(proxy, 'app-2') === 'slow');
  const slowAfterMs = performance.now() - frozenAt;
  for (let i = 0; i < 9; i++) {
    const visitor = new User(port, `10.0.1.${i}`);
    expect(await visitor.ask()).not.toBe('app-2');
    visitor.close();
  }
  await waitFor(() => bound.every((user) => user.servedBy.at(-1) !== 'app-2'));
  const movedAfterMs = performance.now() - frozenAt;
  await asking.stop();
  // On a machine with time to spare 0.5 s and 5.4 s; the proxy's clock stands still while it does.
  expect(slowAfterMs).toBeLessThan(2000);
  expect(movedAfterMs).toBeGreaterThan(4500);
  expect(movedAfterMs).toBeLessThan(10_000);
  for (const user of users) expect(new Set(user.statuses)).toEqual(new Set([200]));
  for (const user of users.filter((one) => !bound.includes(one))) expect(new Set(user.servedBy).size).toBe(1);
}, 30_000);

test('P1: an unbound GET to a frozen destination is answered elsewhere, and the frozen one is left to finish', async () => {
  const { three, port, proxy } = await start({});
  const clients = Array.from({ length: 6 }, (_, index) => new User(port, `10.0.0.${index}`));
  for (const client of clients) await client.ask();
  three[1]?.signal('SIGSTOP');
  await Promise.all(clients.map((client) => client.ask()));
  for (const client of clients) {
    expect(client.statuses).toEqual([200, 200]);
    expect(client.servedBy.at(-1)).not.toBe('app-2');
    expect(client.tookMs.at(-1)).toBeLessThan(3000);
    client.close();
  }
  const inFlight = (): number => proxy.upstreams()[0]?.destinations[1]?.inFlight ?? -1;
  expect(inFlight()).toBeGreaterThan(0);
  three[1]?.signal('SIGCONT');
  await waitFor(() => inFlight() === 0 && stateOf(proxy, 'app-2') === 'up');
}, 30_000);

test('P1: while all are slow, all are chosen from', async () => {
  const { three, port, proxy } = await start({});
  for (const replica of three) replica.signal('SIGSTOP');
  await waitFor(() => three.every(({ id }) => stateOf(proxy, id) === 'slow'));
  const client = new User(port, '10.0.0.1');
  const asked = client.ask();
  for (const replica of three) replica.signal('SIGCONT');
  await asked;
  expect(client.statuses).toEqual([200]);
  client.close();
});
