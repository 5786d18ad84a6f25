import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type {
  AccessLogEntry,
  Decision,
  DestinationChange,
  ProxyConfig,
  ProxyDeps,
  ReverseProxy,
  WorkerEnd,
} from '../src/index.js';
import { startLoad } from './support/load.js';
import { RawClient, rawRequest } from './support/raw-client.js';
import { alsoEnd, cleanUp, httpStub, rawStub, type Stub } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Workers are processes: they run what was built. */
async function startWorkers(
  config: ProxyConfig,
  deps: ProxyDeps = {},
): Promise<{ proxy: ReverseProxy; port: number; base: string }> {
  const built = new URL('../dist/index.js', import.meta.url).href;
  const { createProxy } = (await import(built)) as typeof import('../src/index.js');
  const proxy = createProxy({ listen: { port: 0 }, workers: 2, ...config }, deps);
  alsoEnd(() => proxy.close({ graceMs: 0 }));
  const { port } = await proxy.listen();
  return { proxy, port, base: `http://127.0.0.1:${port}` };
}

const app = (stubs: readonly Stub[], more: Partial<ProxyConfig['upstreams'][string]> = {}): ProxyConfig => ({
  upstreams: { app: { destinations: stubs.map(({ url }, i) => ({ id: `app-${i + 1}`, url })), ...more } },
  routes: [{ upstream: 'app' }],
});

const named = (...names: string[]): Promise<Stub[]> =>
  Promise.all(names.map((name) => httpStub((_, outgoing) => void outgoing.end(name))));

/** Everything that answers, over connections of their own, so that every worker is asked. */
async function answers(port: number): Promise<string> {
  const seen = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const answer = await rawRequest(port, get);
    seen.add(answer.status === 200 ? answer.body.toString() : String(answer.status));
  }
  return [...seen].sort().join();
}

const pidsOf = (proxy: ReverseProxy): number[] => proxy.metrics().workers.map(({ pid }) => pid);

describe('several workers', () => {
  test('give each traced request a span of its own, and say so in the access log', async () => {
    const logged: AccessLogEntry[] = [];
    const seen: unknown[] = [];
    const stub = await httpStub((incoming, outgoing) => {
      seen.push(incoming.headers.traceparent);
      outgoing.end();
    });
    const { port } = await startWorkers(app([stub]), { tracing: true, accessLog: (entry) => logged.push(entry) });
    await answers(port);
    await waitFor(() => logged.length === 12);
    const told = logged.map(({ trace }) => `00-${trace?.traceId}-${trace?.spanId}-01`);
    expect(new Set(told).size).toBe(12);
    expect([...seen].sort()).toEqual(told.sort());
  });

  test('serve one port together, and add up as one proxy', async () => {
    const logged: AccessLogEntry[] = [];
    const { proxy, port } = await startWorkers(app(await named('ok')), { accessLog: (entry) => logged.push(entry) });
    const decisions: Decision[] = [];
    proxy.on('decision', (decision) => decisions.push(decision));
    const load = startLoad(port, { clients: 8 });
    await waitFor(() => load.count() > 500 && decisions.length > 0);
    const { total, statuses } = await load.stop();
    expect([...statuses.keys()]).toEqual([200]);
    await waitFor(() => proxy.metrics().requests === total && logged.length === total);
    const { workers, upstreams } = proxy.metrics();
    expect(workers).toHaveLength(2);
    expect(new Set([process.pid, ...pidsOf(proxy)]).size).toBe(3);
    for (const { requests } of workers) expect(requests).toBeGreaterThan(0);
    expect(upstreams[0]?.destinations[0]?.counters.requests).toBe(total);
  });

  test('hear of every change: destinations that come and go, drains, reloads', async () => {
    const [one, two, three] = (await named('one', 'two', 'three')) as [Stub, Stub, Stub];
    const { proxy, port } = await startWorkers(app([one]));
    expect(await answers(port)).toBe('one');
    expect(proxy.addDestination('app', { id: 'app-2', url: two.url })).toEqual({ ok: true });
    await waitFor(async () => (await answers(port)) === 'one,two');
    proxy.drain('app', 'app-1');
    expect(proxy.upstreams()[0]?.destinations[0]?.state).toBe('draining');
    await waitFor(async () => (await answers(port)) === 'two');
    proxy.undrain('app', 'app-1');
    await waitFor(async () => (await answers(port)) === 'one,two');
    proxy.removeDestination('app', 'app-1');
    await waitFor(async () => (await answers(port)) === 'two');
    expect(proxy.reload({ workers: 2, listen: { port: 0 }, ...app([three]) })).toEqual({ ok: true });
    await waitFor(async () => (await answers(port)) === 'three');
  });

  test('are not told of a change that cannot be made; the caller is', async () => {
    const stubs = await named('one');
    const { proxy, port } = await startWorkers(app(stubs));
    expect(proxy.drain('app', 'nobody')).toMatchObject({ code: 'unknown_destination' });
    expect(proxy.addDestination('app', { id: 'app-1', url: 'http://127.0.0.1:1' })).toMatchObject({ ok: false });
    expect(proxy.reload({ workers: 3, listen: { port: 0 }, ...app(stubs) })).toMatchObject({
      mistakes: [{ path: 'workers' }],
    });
    expect(await answers(port)).toBe('one');
  });

  test('know each other’s affinity cookies, without secrets in the config too', async () => {
    const stubs = await named('1', '2', '3');
    const { proxy, port } = await startWorkers(app(stubs, { affinity: { cookie: 'aff' } }));
    const first = await rawRequest(port, get);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).not.toBe('');
    const again = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        const answer = await rawRequest(port, `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
        expect(answer.body.toString()).toBe(first.body.toString());
        expect(answer.headers.get('x-route')).toContain('reason=affinity');
      }
    };
    await again();
    const before = proxy.metrics().workers.map(({ requests }) => requests);
    expect(proxy.reload({ workers: 2, listen: { port: 0 }, ...app(stubs, { affinity: { cookie: 'aff' } }) })).toEqual({
      ok: true,
    });
    await again();
    await waitFor(() => proxy.metrics().workers.every(({ requests }, i) => requests > (before[i] ?? 0)));
  });

  test('each find out that a destination is down, and it is told once', async () => {
    const [gone, fine] = (await named('gone', 'fine')) as [Stub, Stub];
    const changes: DestinationChange[] = [];
    const { proxy, port } = await startWorkers(app([gone, fine], { health: { intervalMs: 200 } }));
    proxy.on('change', (change) => changes.push(change));
    await gone.close();
    await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.state === 'down');
    await waitFor(async () => (await answers(port)) === 'fine');
    expect(changes.filter(({ state }) => state === 'down')).toHaveLength(1);
  });
});

describe('a worker that is killed', () => {
  test('takes nothing with it but its requests in flight, and is replaced by one that knows every change', async () => {
    const [gone, good] = (await named('gone', 'good')) as [Stub, Stub];
    const { proxy, port } = await startWorkers(app([gone]));
    proxy.addDestination('app', { id: 'good', url: good.url });
    proxy.removeDestination('app', 'app-1');
    await waitFor(async () => (await answers(port)) === 'good');
    const [victim = 0, other = 0] = pidsOf(proxy);
    const ends: WorkerEnd[] = [];
    proxy.on('worker', (end) => ends.push(end));
    const requestsBefore = await waitFor(() => proxy.metrics().requests);
    process.kill(victim, 'SIGKILL');
    await waitFor(() => proxy.metrics().workerRestarts === 1 && pidsOf(proxy).length === 2);
    expect(pidsOf(proxy)).toContain(other);
    expect(pidsOf(proxy)).not.toContain(victim);
    expect(ends).toEqual([{ pid: victim, because: 'SIGKILL', replacedInMs: 0 }]);
    expect(await answers(port)).toBe('good');
    expect(proxy.metrics().requests).toBeGreaterThanOrEqual(requestsBefore);
    await waitFor(() => proxy.metrics().workers.every(({ requests }) => requests > 0));
  });

  test('breaks off its own clients only', async () => {
    const held: (() => void)[] = [];
    const stub = await httpStub((_, outgoing) => void held.push(() => outgoing.end('late')));
    const { proxy, port } = await startWorkers(app([stub]));
    const clients: RawClient[] = [];
    // One after the other they are handed out in turn.
    for (let i = 1; i <= 4; i++) {
      clients.push(new RawClient(port).send(get));
      await waitFor(() => held.length === i);
    }
    process.kill(pidsOf(proxy)[0] ?? 0, 'SIGKILL');
    const outcomes = Promise.all(
      clients.map((client) =>
        client.answer().then(
          ({ body }) => body.toString(),
          () => 'broken off',
        ),
      ),
    );
    await waitFor(() => proxy.metrics().workerRestarts === 1);
    for (const answer of held) answer();
    expect((await outcomes).sort()).toEqual(['broken off', 'broken off', 'late', 'late']);
    for (const client of clients) client.close();
  });

  test('while clients come, time after time, leaves none of them without an end', async () => {
    const { proxy, port } = await startWorkers(app(await named('ok')));
    let served = 0;
    let running = true;
    const clients = Array.from({ length: 8 }, async () => {
      while (running) {
        await rawRequest(port, get).then(
          () => served++,
          () => {},
        );
      }
    });
    for (let kill = 1; kill <= 4; kill++) {
      const before = served;
      await waitFor(() => served > before + 50);
      process.kill(pidsOf(proxy).at(kill % 2) ?? 0, 'SIGKILL');
      await waitFor(() => proxy.metrics().workerRestarts === kill && pidsOf(proxy).length === 2);
    }
    running = false;
    // A client that was left without an answer and without an end would wait here for ever.
    await Promise.all(clients);
  });

  test('and all others with it: the port stays open, and who comes meanwhile is served by their successors', async () => {
    const { proxy, port } = await startWorkers(app(await named('ok')));
    for (const pid of pidsOf(proxy)) process.kill(pid, 'SIGKILL');
    await waitFor(() => pidsOf(proxy).length === 0);
    const during = Promise.all([1, 2, 3, 4].map(() => rawRequest(port, get)));
    expect((await during).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await waitFor(() => pidsOf(proxy).length === 2);
    expect(proxy.metrics().workerRestarts).toBe(2);
  });
});

describe('closing', () => {
  test('lets requests in flight end in every worker, closes WebSockets with 1012, and leaves no process behind', async () => {
    const held: (() => void)[] = [];
    const stub = await httpStub((_, outgoing) => void held.push(() => outgoing.end('late')));
    const sockets = new WebSocketServer({ server: stub.server });
    const { proxy, port } = await startWorkers(app([stub]));
    const pids = pidsOf(proxy);
    const clients = [1, 2, 3, 4].map(() => new RawClient(port).send(get));
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const code = new Promise<number>((resolve) => socket.once('close', resolve));
    await waitFor(() => held.length === 4 && socket.readyState === WebSocket.OPEN);
    const closed = proxy.close({ graceMs: 30_000 });
    expect(await code).toBe(1012);
    await waitFor(() =>
      rawRequest(port, get).then(
        () => false,
        () => true,
      ),
    );
    for (const answer of held) answer();
    for (const client of clients) {
      const answer = await client.answer();
      expect([answer.body.toString(), answer.headers.get('connection')]).toEqual(['late', 'close']);
      client.close();
    }
    await closed;
    sockets.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(proxy.metrics()).toMatchObject({ requests: 5, openConnections: 0, openTunnels: 0 });
  });

  test('cuts what is left when the grace is over', async () => {
    const stub = await httpStub(() => {});
    const { proxy, port } = await startWorkers(app([stub]));
    const client = new RawClient(port).send(get);
    await waitFor(() => proxy.metrics().requests === 1);
    await proxy.close({ graceMs: 50 });
    await client.rest();
    client.close();
  });
});

test('on a taken port workers are not even started', async () => {
  const taken = await rawStub(() => {});
  await expect(startWorkers({ ...app([]), listen: { port: taken.port } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

describe('a worker that does not answer', () => {
  const gone = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };

  test('P23: is noticed, told of, and replaced, and its successor serves', async () => {
    const { proxy, port } = await startWorkers(app(await named('ok')));
    const ends: WorkerEnd[] = [];
    proxy.on('worker', (end) => ends.push(end));
    const [frozen = 0] = pidsOf(proxy);
    process.kill(frozen, 'SIGSTOP');
    await waitFor(() => proxy.metrics().missingWorkers === 1);
    await waitFor(() => gone(frozen));
    await waitFor(() => proxy.metrics().missingWorkers === 0);
    expect(ends).toEqual([{ pid: frozen, because: 'killed: no answer for 5 seconds', replacedInMs: 0 }]);
    expect(proxy.metrics()).toMatchObject({ workerRestarts: 1 });
    expect(await answers(port)).toBe('ok');
  });

  test('P23: loses no client that it was handed and never took', async () => {
    const { proxy, port } = await startWorkers(app(await named('ok')));
    const [frozen = 0] = pidsOf(proxy);
    process.kill(frozen, 'SIGSTOP');
    const statuses = await Promise.all(
      Array.from({ length: 8 }, () => rawRequest(port, get).then(({ status }) => status)),
    );
    expect(statuses).toEqual(Array(8).fill(200));
    expect(gone(frozen)).toBe(true);
  });

  test('P23: does not keep the others from closing', async () => {
    const { proxy } = await startWorkers(app(await named('ok')));
    const pids = pidsOf(proxy);
    process.kill(pids[0] ?? 0, 'SIGSTOP');
    await proxy.close({ graceMs: 60_000 });
    expect(pids.every(gone)).toBe(true);
  });
});
