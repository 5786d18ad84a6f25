import { afterEach, describe, expect, test } from '@jest/globals';
import type { ReverseProxy } from '../src/index.js';
import { startLoad } from './support/load.js';
import { codeOf, RawClient, rawRequest } from './support/raw-client.js';
import { Replica } from './support/replica.js';
import { cleanUp, httpStub, rawStub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

const replicas: Replica[] = [];
afterEach(async () => {
  await cleanUp();
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
});

async function threeReplicas(): Promise<[Replica, Replica, Replica]> {
  const started = await Promise.all(['app-1', 'app-2', 'app-3'].map((id) => new Replica(id).start()));
  replicas.push(...started);
  return started as [Replica, Replica, Replica];
}

const config = (three: readonly Replica[]) => ({
  upstreams: {
    app: {
      health: { path: '/healthz', intervalMs: 500 },
      destinations: three.map(({ id, url }) => ({ id, url })),
    },
  },
});

const stateOf = (proxy: ReverseProxy, id: string): string | undefined =>
  proxy.upstreams()[0]?.destinations.find((destination) => destination.id === id)?.state;

const loadFor = async (load: ReturnType<typeof startLoad>, requests: number): Promise<void> => {
  const from = load.count();
  await waitFor(() => load.count() >= from + requests);
};

describe('one of three destinations', () => {
  test('killed: no GET fails, at most two requests do', async () => {
    const three = await threeReplicas();
    const { port, proxy } = await startProxy([], config(three));
    const gets = startLoad(port, { clients: 6, method: 'GET' });
    // A POST that was under way when its process died may have been done: it cannot be sent again. So at most two are.
    const posts = startLoad(port, { clients: 2, method: 'POST', untilFailure: true });
    await loadFor(gets, 1000);
    three[1].signal('SIGKILL');
    await waitFor(() => stateOf(proxy, 'app-2') === 'down');
    const postsAfter = startLoad(port, { clients: 2, method: 'POST' });
    await loadFor(gets, 1000);
    expect((await gets.stop()).failedGets).toBe(0);
    expect((await posts.stop()).failedPosts).toBeLessThanOrEqual(2);
    expect(await postsAfter.stop()).toMatchObject({ failedPosts: 0, total: expect.any(Number) });
    await three[1].exited();
    await three[1].start();
    await waitFor(() => stateOf(proxy, 'app-2') === 'up');
  });

  test('frozen: no GET fails, and it is out until it answers again', async () => {
    const three = await threeReplicas();
    const { port, proxy } = await startProxy([], config(three));
    const load = startLoad(port, { clients: 16 });
    await loadFor(load, 1000);
    three[1].signal('SIGSTOP');
    // Within a second on a machine with time to spare, which the bench measures.
    await waitFor(() => stateOf(proxy, 'app-2') === 'down');
    await loadFor(load, 500);
    three[1].signal('SIGCONT');
    await waitFor(() => stateOf(proxy, 'app-2') === 'up');
    const result = await load.stop();
    expect(result.failedGets).toBe(0);
    // The probes say when it is back: no ejection may keep it out for longer.
    expect(proxy.upstreams()[0]?.destinations.map(({ counters }) => counters.ejections)).toEqual([0, 0, 0]);
  });

  test('each restarted in turn: nothing fails', async () => {
    const three = await threeReplicas();
    const { port, proxy } = await startProxy([], config(three));
    const load = startLoad(port, { clients: 8, pauseMs: 2 });
    await loadFor(load, 500);
    for (const replica of three) {
      replica.signal('SIGTERM');
      await replica.exited();
      await replica.start();
      await waitFor(() => stateOf(proxy, replica.id) === 'up');
      await loadFor(load, 300);
    }
    const result = await load.stop();
    expect([result.failedGets, result.failedPosts]).toEqual([0, 0]);
  });

  test('two seconds slower: least-requests gives it less than a tenth', async () => {
    const stubs = await Promise.all(
      [2000, 0, 0].map((delayMs) => httpStub((_, outgoing) => void setTimeout(() => outgoing.end('ok'), delayMs))),
    );
    const { port } = await startProxy(stubs, { app: { policy: 'least-requests' } });
    const load = startLoad(port, { clients: 16, pauseMs: 1 });
    await loadFor(load, 3000);
    const result = await load.stop();
    expect((result.servedBy.get('app-1') ?? 0) / result.total).toBeLessThan(0.1);
  });

  test('answering 5xx: ejected, back on probation with growing pauses, and kept once it is well', async () => {
    let sick = true;
    const stubs = await Promise.all(
      [1, 2, 3].map((n) =>
        httpStub((_, outgoing) => {
          outgoing.statusCode = n === 1 && sick ? 500 : 200;
          outgoing.end();
        }),
      ),
    );
    const { port, proxy } = await startProxy(stubs, {
      app: { slowStartMs: 500, ejection: { failures: 5, baseMs: 200, maxMs: 10_000 } },
    });
    const changes: string[] = [];
    proxy.on('change', ({ destination, state }) => changes.push(`${destination} ${state}`));
    const ejections = (): number => proxy.upstreams()[0]?.destinations[0]?.counters.ejections ?? 0;
    const load = startLoad(port, { clients: 4, pauseMs: 1 });
    await waitFor(() => ejections() >= 3);
    sick = false;
    await waitFor(() => stateOf(proxy, 'app-1') === 'up');
    const settled = ejections();
    expect(new Set(changes)).toEqual(new Set(['app-1 ejected', 'app-1 starting']));
    await loadFor(load, 300);
    const result = await load.stop();
    expect(ejections()).toBe(settled);
    // Five to begin with, then one per probation; each time the other clients may be waiting for an answer there.
    expect(result.statuses.get(500) ?? 0).toBeLessThanOrEqual(5 + 3 + settled * 4);
  });

  test('when all answer 5xx none is ejected: the cause lies behind them', async () => {
    const stubs = await Promise.all([1, 2, 3].map(() => httpStub((_, outgoing) => void outgoing.writeHead(500).end())));
    const { base, proxy } = await startProxy(stubs);
    for (let i = 0; i < 60; i++) expect((await fetch(base)).status).toBe(500);
    expect(proxy.upstreams()[0]?.destinations.map(({ state }) => state)).toEqual(['up', 'up', 'up']);
  });
});

test('all down: 503 with Retry-After at once, from the first request on', async () => {
  const stubs = await Promise.all([1, 2, 3].map(() => httpStub(() => {})));
  for (const stub of stubs) await stub.close();
  const { port } = await startProxy(stubs, { app: { health: { path: '/healthz' }, timeouts: { connectMs: 30_000 } } });
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const startedAt = performance.now();
    const answer = await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    times.push(performance.now() - startedAt);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  }
  // None waits for a timeout. The 50 ms of the fault matrix are measured by the bench.
  expect(Math.max(...times)).toBeLessThan(10_000);
});

describe('the keep-alive race', () => {
  test('a destination that closes connections at random costs no request, in ten thousand', async () => {
    const stub = await rawStub((socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        if (Math.random() < 0.2) setTimeout(() => socket.end(), Math.random() * 3);
      });
    });
    const { port } = await startProxy([stub]);
    // What cannot be sent twice is safe once the pool has seen how early this destination closes.
    const first = startLoad(port, { clients: 8, method: 'GET' });
    await loadFor(first, 500);
    await first.stop();
    const load = startLoad(port, { clients: 8 });
    await loadFor(load, 9_500);
    const result = await load.stop();
    expect(result.failedGets).toBe(0);
    expect(result.statuses.get(502)).toBeUndefined();
  });

  test('a request that may have been done is never sent twice, body or not', async () => {
    for (const body of ['', '{"a":1}']) {
      let posts = 0;
      const stub = await rawStub((socket) => {
        socket.on('data', (data) => {
          if (!data.toString().startsWith('POST')) {
            socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
            return;
          }
          posts++;
          socket.resetAndDestroy();
        });
      });
      const { port } = await startProxy([stub, stub]);
      const client = new RawClient(port);
      for (let i = 0; i < 2; i++) {
        client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        await client.answer();
      }
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      const answer = await client.answer();
      expect([answer.status, codeOf(answer)]).toEqual([502, 'connection_lost']);
      expect(posts).toBe(1);
      client.close();
    }
  });

  test('a request with a body goes elsewhere when nothing of it was sent', async () => {
    const gone = await httpStub(() => {});
    await gone.close();
    const stub = await httpStub((incoming, outgoing) => void incoming.pipe(outgoing));
    const { base } = await startProxy([gone, stub]);
    for (let i = 0; i < 4; i++) {
      const answer = await fetch(base, { method: 'POST', body: 'hello' });
      expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    }
  });

  test('retries stay within their budget, so they cannot multiply an outage', async () => {
    let asked = 0;
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        asked++;
        socket.destroy();
      });
    });
    const { port } = await startProxy([stub, stub, stub], { app: { ejection: { failures: 1000 } } });
    const startedAt = performance.now();
    for (let i = 0; i < 200; i++) await rawRequest(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const seconds = (performance.now() - startedAt) / 1000;
    // A fifth, and ten a second besides.
    expect(asked).toBeLessThan(200 * 1.2 + 10 * (seconds + 2));
  });
});

test('ten thousand clients that abort leave nothing behind', async () => {
  let open = 0;
  const stub = await rawStub((socket) => {
    open++;
    socket.on('data', () => {});
    socket.on('close', () => open--);
  });
  const { port, proxy } = await startProxy([stub]);
  for (let round = 0; round < 100; round++) {
    const clients = Array.from({ length: 100 }, () => new RawClient(port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.inFlight === 100);
    for (const client of clients) client.close();
    await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.inFlight === 0);
  }
  await waitFor(() => open === 0 && proxy.metrics().openConnections === 0);
  expect(proxy.metrics().clientAborts).toBe(10_000);
});

test('a destination comes back into use after the gateway restarts, with its clients still bound', async () => {
  const three = await threeReplicas();
  const app = { ...config(three).upstreams.app, affinity: { cookie: 'aff' } };
  const affinitySecrets = ['a-secret-of-sufficient-length'];
  const first = await startProxy([], { upstreams: { app }, affinitySecrets });
  const answer = await fetch(first.base);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  await first.proxy.close();
  const second = await startProxy([], { upstreams: { app }, affinitySecrets });
  const again = await fetch(second.base, { headers: { cookie } });
  expect(await again.text()).toBe(await answer.text());
});

test.each([
  ['with retries', 0.2, 0],
  ['without retries', 0, 3],
])(
  '%s a dead destination that nobody took out costs its own turns, not those of the others',
  async (_, ratio, lost) => {
    const stubs = await Promise.all([1, 2, 3].map(() => httpStub((_request, outgoing) => void outgoing.end('ok'))));
    const { base } = await startProxy(stubs, { app: { ejection: { failures: 1000 }, retryBudgetRatio: ratio } });
    await stubs[1]?.close();
    const answers = [];
    for (let n = 0; n < 9; n++) {
      const answer = await fetch(base);
      await answer.text();
      answers.push(answer);
    }
    expect(answers.filter(({ status }) => status !== 200)).toHaveLength(lost);
    const first = answers.filter(({ headers }) => headers.get('x-route')?.endsWith('attempts=1'));
    expect(first).toHaveLength(ratio > 0 ? 6 : 9);
  },
);
