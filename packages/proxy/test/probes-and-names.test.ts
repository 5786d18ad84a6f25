import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ReverseProxy } from '../src/index.js';
import { RawClient, rawRequest } from './support/raw-client.js';
import { alsoEnd, cannedStub, cleanUp, rawStub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const first = (proxy: ReverseProxy) => proxy.upstreams()[0]?.destinations[0];

/** Something that answers on one address and port. */
async function listenOn(
  host: string,
  port: number,
  answer: (request: string, socket: Socket) => void,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => answer(data.toString('latin1'), socket));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  alsoEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as { port: number }).port;
}

describe('a probe', () => {
  test('P20: names an IPv6 destination in brackets', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await listenOn('::1', 0, (request, socket) => {
      hosts.push(/^Host: (.*)\r$/m.exec(request)?.[1]);
      socket.write(ok);
    });
    const { proxy } = await startProxy([], {
      app: { health: { path: '/healthz' }, destinations: [{ id: 'six', url: `http://[::1]:${port}` }] },
    });
    await waitFor(() => hosts.length > 0);
    expect(hosts[0]).toBe(`[::1]:${port}`);
    expect(first(proxy)?.state).toBe('up');
  });

  test.each([
    [
      'at once',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    ],
    ['alone', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])('P20: passes over interim answers, %s', async (how, answer) => {
    let probes = 0;
    const stub = await rawStub((socket) => {
      socket.on('data', () => {
        probes++;
        socket.write(answer);
        if (how === 'alone') setImmediate(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
      });
    });
    const { proxy } = await startProxy([stub], { app: { health: { path: '/healthz', intervalMs: 50 } } });
    await waitFor(() => probes >= 5);
    expect(first(proxy)?.state).toBe('up');
  });

  test.each([
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['fails after an interim answer', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'],
    ['is no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ])('P20: finds a destination that %s down', async (_, answer) => {
    const stub = await cannedStub(answer);
    const { proxy } = await startProxy([stub], { app: { health: { path: '/healthz' } } });
    await waitFor(() => first(proxy)?.state === 'down');
  });
});

describe('a destination by name', () => {
  /** What the name server says, changed by the test. */
  function nameServer(addresses: string[]) {
    const zone = { addresses, fails: false, asked: 0 };
    const lookup = async (host: string) => {
      zone.asked++;
      if (zone.fails) throw Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), { code: 'EAI_AGAIN' });
      return zone.addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    };
    return { zone, lookup };
  }

  /** Two places with the same port, which say who they are and count their connections. */
  async function twoPlaces() {
    const seen = { here: { probes: 0, requests: 0 }, there: { probes: 0, requests: 0 } };
    const answer = (who: 'here' | 'there') => (request: string, socket: Socket) => {
      seen[who][request.includes('/healthz') ? 'probes' : 'requests']++;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${who.length}\r\n\r\n${who}`);
    };
    const port = await listenOn('127.0.0.1', 0, answer('here'));
    await listenOn('127.0.0.2', port, answer('there'));
    return { seen, port };
  }

  const health = { path: '/healthz', intervalMs: 100 };
  /** A clock on which names are looked up four times a second. */
  const fast = (): number => performance.now() * 20;
  const bodyOf = async (port: number): Promise<string> => (await rawRequest(port, get)).body.toString();

  test('P22: keeps its last good address while lookups fail, and none of it is its failure', async () => {
    const { port: place } = await twoPlaces();
    const { zone, lookup } = nameServer(['127.0.0.1']);
    const { port, proxy } = await startProxy(
      [],
      { app: { destinations: [{ id: 'named', url: `http://app.test:${place}` }], health } },
      { lookup, now: fast },
    );
    expect(await bodyOf(port)).toBe('here');
    zone.fails = true;
    const asked = zone.asked;
    await waitFor(() => zone.asked >= asked + 3);
    for (let i = 0; i < 8; i++) expect(await bodyOf(port)).toBe('here');
    expect(first(proxy)).toMatchObject({ state: 'up', counters: { failures: 0, ejections: 0 } });
  });

  test('P22: is down when its name could not be looked up for five minutes', async () => {
    const { port: place } = await twoPlaces();
    const { zone, lookup } = nameServer(['127.0.0.1']);
    const { port, proxy } = await startProxy(
      [],
      { app: { destinations: [{ id: 'named', url: `http://app.test:${place}` }], health } },
      { lookup, now: () => performance.now() * 200 },
    );
    expect(await bodyOf(port)).toBe('here');
    zone.fails = true;
    await waitFor(() => first(proxy)?.state === 'down');
    zone.fails = false;
    await waitFor(() => first(proxy)?.state === 'up');
    expect(first(proxy)?.counters).toMatchObject({ failures: 0, ejections: 0 });
  });

  test('P22: that was never found is down, not ejected, and is up once its name is known', async () => {
    const { port: place } = await twoPlaces();
    const { zone, lookup } = nameServer(['127.0.0.1']);
    zone.fails = true;
    const { port, proxy } = await startProxy(
      [],
      { app: { destinations: [{ id: 'named', url: `http://app.test:${place}` }] } },
      { lookup, now: fast },
    );
    for (let i = 0; i < 8; i++) expect((await rawRequest(port, get)).status).toBe(503);
    await waitFor(() => first(proxy)?.state === 'down');
    expect(first(proxy)?.counters).toMatchObject({ failures: 0, ejections: 0 });
    zone.fails = false;
    await waitFor(() => first(proxy)?.state === 'up');
    expect(await bodyOf(port)).toBe('here');
  });

  test('P22: that moved takes its kept connections along, and is probed where its traffic goes', async () => {
    const { seen, port: place } = await twoPlaces();
    const { zone, lookup } = nameServer(['127.0.0.1']);
    const { port } = await startProxy(
      [],
      { app: { destinations: [{ id: 'named', url: `http://app.test:${place}` }], health } },
      { lookup, now: fast },
    );
    const client = new RawClient(port).send(get);
    expect((await client.answer()).body.toString()).toBe('here');
    await waitFor(() => seen.here.probes > 0);
    expect(seen.there).toEqual({ probes: 0, requests: 0 });
    zone.addresses = ['127.0.0.2'];
    await waitFor(() => seen.there.probes > 0);
    client.send(get);
    expect((await client.answer()).body.toString()).toBe('there');
    client.close();
    const { probes } = seen.here;
    const { probes: after } = seen.there;
    await waitFor(() => seen.there.probes > after + 3);
    expect(seen.here.probes).toBe(probes);
  }, 30_000);

  test('P22: with several addresses uses the one that answers, and stays with it', async () => {
    const { seen, port: place } = await twoPlaces();
    const { zone, lookup } = nameServer(['127.0.0.3', '127.0.0.2', '127.0.0.1']);
    const { port } = await startProxy(
      [],
      { app: { destinations: [{ id: 'named', url: `http://app.test:${place}` }], health } },
      { lookup, now: fast },
    );
    expect(await bodyOf(port)).toBe('there');
    zone.addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    const { asked } = zone;
    await waitFor(() => zone.asked > asked);
    for (let i = 0; i < 5; i++) expect(await bodyOf(port)).toBe('there');
    expect(seen.here).toEqual({ probes: 0, requests: 0 });
  });
});
