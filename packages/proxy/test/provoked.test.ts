import type { Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { ReverseProxy } from '../src/index.js';
import { RawClient, rawRequest } from './support/raw-client.js';
import { cleanUp, rawStub, type Stub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

/** Answers an ordinary GET, and closes on everything else that it takes, without a word. */
function pickyStub(onConnection: (socket: Socket) => void = () => {}): Promise<Stub> {
  return rawStub((socket) => {
    onConnection(socket);
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      if (/^GET \/(healthz)? /.test(text) && !/upgrade: websocket/i.test(text)) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      } else socket.destroy();
    });
  });
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const upgrade =
  'GET /todos HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const upload = `PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`;

const provocations: [string, string][] = [
  ['an upgrade it does not serve', upgrade],
  ['a request it finds malformed', 'GET /%zz HTTP/1.1\r\nHost: a\r\nX-Odd: \x80\r\n\r\n'],
  ['a head it finds too large', `GET /large HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(12_000)}\r\n\r\n`],
  ['an upload it does not want', upload],
  ['a small upload', 'PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'],
  ['a POST it does not want', 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'],
  ['a DELETE it does not want', 'DELETE / HTTP/1.1\r\nHost: a\r\n\r\n'],
];

const destinationsOf = (proxy: ReverseProxy) => proxy.upstreams()[0]?.destinations ?? [];

for (const health of [undefined, { path: '/healthz' }]) {
  test.each(provocations)(
    `P2: %s, closed on, counts against nobody (health: ${health?.path ?? 'none'})`,
    async (_, bytes) => {
      const stubs = await Promise.all([1, 2, 3].map(() => pickyStub()));
      const { port, proxy } = await startProxy(stubs, {
        app: { affinity: { cookie: 'aff' }, ...(health && { health }) },
      });
      const changes: string[] = [];
      proxy.on('change', ({ state }) => changes.push(state));
      const first = await rawRequest(port, get);
      const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
      // Bound and unbound, more often than any run of failures that ejects.
      const bound = bytes.replace('Host: a\r\n', `Host: a\r\nCookie: ${cookie}\r\n`);
      for (let i = 0; i < 8; i++) {
        expect((await rawRequest(port, bytes)).status).toBe(502);
        expect((await rawRequest(port, bound)).status).toBe(502);
      }
      const after = await rawRequest(port, get.replace('\r\n\r\n', `\r\nCookie: ${cookie}\r\n\r\n`));
      expect(after.headers.get('x-served-by')).toBe(first.headers.get('x-served-by'));
      expect(changes).toEqual([]);
      for (const { state, counters } of destinationsOf(proxy)) {
        expect([state, counters.ejections, counters.failures]).toEqual(['up', 0, 0]);
      }
    },
  );
}

test('P2: an upgrade that is closed on goes to one destination only', async () => {
  let connections = 0;
  const stubs = await Promise.all([1, 2, 3].map(() => pickyStub(() => connections++)));
  const { port, proxy } = await startProxy(stubs);
  for (let i = 0; i < 6; i++) expect((await rawRequest(port, upgrade)).status).toBe(502);
  expect(connections).toBe(6);
  expect(proxy.metrics().retries).toBe(0);
});

test('P2: a client whose requests are closed on does not use up the retries of others', async () => {
  const stubs = await Promise.all([1, 2, 3].map(() => pickyStub()));
  const { port, proxy } = await startProxy(stubs);
  const client = new RawClient(port);
  for (let i = 0; i < 50; i++) {
    client.send('DELETE / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(502);
  }
  client.close();
  expect(proxy.metrics().retries).toBe(1);
});

test('P2: a bound client is not moved by a request that its destination closes on and others would answer', async () => {
  const stubs = await Promise.all([pickyStub(), pickyStub()]);
  const fine = await rawStub((socket) => {
    socket.on('data', () => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  });
  const { port } = await startProxy([...stubs, fine], { app: { affinity: { cookie: 'aff' } } });
  const first = await rawRequest(port, get);
  expect(first.headers.get('x-served-by')).toBe('app-1');
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  for (let i = 0; i < 4; i++) {
    const answer = await rawRequest(port, `DELETE / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([502, undefined]);
  }
});

test('P2: clients that go away count against nobody', async () => {
  const stubs = await Promise.all([1, 2].map(() => rawStub((socket) => void socket.on('data', () => {}))));
  const { port, proxy } = await startProxy(stubs);
  for (let i = 0; i < 20; i++) {
    const client = new RawClient(port).send(
      i % 2 === 0 ? get : 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc',
    );
    await waitFor(() => destinationsOf(proxy).some(({ inFlight }) => inFlight === 1));
    if (i % 4 < 2) client.close();
    else client.socket.resetAndDestroy();
    await waitFor(() => destinationsOf(proxy).every(({ inFlight }) => inFlight === 0));
  }
  for (const { state, counters } of destinationsOf(proxy)) {
    expect([state, counters.ejections, counters.failures]).toEqual(['up', 0, 0]);
  }
});

test('P2: requests that take too long by themselves count against nobody while others are answered', async () => {
  const stub = await rawStub((socket) => {
    socket.on('data', (data) => {
      if (data.toString().startsWith('GET / ')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  const { port, proxy } = await startProxy([stub], {
    app: { timeouts: { responseMs: 600 }, ejection: { failures: 2 } },
  });
  const slow = Array.from({ length: 4 }, () => rawRequest(port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n'));
  let asking = true;
  const others = (async () => {
    while (asking) await rawRequest(port, get);
  })();
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([504, 504, 504, 504]);
  asking = false;
  await others;
  expect(destinationsOf(proxy)[0]?.counters).toMatchObject({ failures: 0, ejections: 0 });
});

test('P2: a client that stalls its upload counts against nobody', async () => {
  const stub = await rawStub((socket) => void socket.on('data', () => {}));
  const { port, proxy } = await startProxy([stub], {
    app: { timeouts: { responseMs: 200 }, ejection: { failures: 1 } },
  });
  const client = new RawClient(port).send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
  await client.answer();
  client.close();
  expect(destinationsOf(proxy)[0]?.counters).toMatchObject({ failures: 0, ejections: 0 });
});

test.each([undefined, { path: '/healthz' }])(
  'P2: a client that gets 5xx alone moves nobody who is bound there',
  async (health) => {
    const stubs = await Promise.all(
      [1, 2, 3].map(() =>
        rawStub((socket) => {
          socket.on('data', (data) => {
            const fine = /^GET \/(healthz)? /.test(data.toString());
            socket.write(`HTTP/1.1 ${fine ? '200 OK' : '500 Internal Server Error'}\r\nContent-Length: 2\r\n\r\nok`);
          });
        }),
      ),
    );
    const { port } = await startProxy(stubs, { app: { ...(health && { health }), affinity: { cookie: 'aff' } } });
    const first = await rawRequest(port, get);
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    for (let i = 0; i < 8; i++) {
      expect((await rawRequest(port, `GET /bug HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`)).status).toBe(500);
    }
    const after = await rawRequest(port, get.replace('\r\n\r\n', `\r\nCookie: ${cookie}\r\n\r\n`));
    expect(after.headers.get('x-served-by')).toBe(first.headers.get('x-served-by'));
  },
);
