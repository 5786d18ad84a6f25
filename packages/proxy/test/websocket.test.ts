import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { RawClient } from './support/raw-client.js';
import { cleanUp, rawStub, type Stub, startProxy } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await cleanUp();
});

async function echoServer(): Promise<Stub & { sockets: Set<WebSocket> }> {
  const http = createServer((_, outgoing) => void outgoing.writeHead(426).end());
  const sockets = new Set<WebSocket>();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.terminate();
    await new Promise<void>((resolve) => http.close(() => resolve()));
  };
  ends.push(close);
  return { port, url: `http://127.0.0.1:${port}`, close, sockets };
}

async function open(port: number, path = '/'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}

const next = (socket: WebSocket): Promise<Buffer> =>
  new Promise((resolve) => socket.once('message', (data) => resolve(data as Buffer)));

const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('a WebSocket', () => {
  test('is tunnelled both ways, messages of any size, and counted', async () => {
    const stub = await echoServer();
    const { port, proxy } = await startProxy([stub]);
    const socket = await open(port);
    for (const size of [1, 125, 126, 65_536, 1_000_000]) {
      const message = Buffer.alloc(size, 'x');
      socket.send(message);
      expect((await next(socket)).equals(message)).toBe(true);
    }
    expect(proxy.metrics().openTunnels).toBe(1);
    expect(proxy.upstreams()[0]?.destinations[0]).toMatchObject({ tunnels: 1, inFlight: 1 });
    socket.close(4000, 'bye');
    await waitFor(() => proxy.metrics().openTunnels === 0 && stub.sockets.size === 0);
    expect(proxy.upstreams()[0]?.destinations[0]).toMatchObject({ tunnels: 0, inFlight: 0 });
  });

  test('carries the close code of either side', async () => {
    const stub = await echoServer();
    const { port } = await startProxy([stub]);
    const socket = await open(port);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    for (const other of stub.sockets) other.close(4401, 'session ended');
    expect(await closed).toBe(4401);
  });

  test('says who serves it, in the answer to the upgrade', async () => {
    const stub = await echoServer();
    const { port } = await startProxy([stub], { app: { affinity: { cookie: 'aff' } } });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    let headers: Record<string, unknown> = {};
    socket.once('upgrade', (answer) => {
      headers = answer.headers;
    });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(headers['x-served-by']).toBe('app-1');
    expect(headers['set-cookie']).toHaveLength(1);
    socket.terminate();
  });

  test('bytes right behind the upgrade, on either side, are not lost', async () => {
    const stub = await rawStub((socket) => {
      socket.once('data', (data) => {
        const rest = data.toString('latin1').split('\r\n\r\n')[1] ?? '';
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst${rest}`,
        );
        socket.on('data', (more) => socket.write(more));
      });
    });
    const { port } = await startProxy([stub]);
    const client = new RawClient(port).send(`${upgrade}early`);
    expect((await client.answer()).status).toBe(101);
    expect((await client.take(10)).toString()).toBe('firstearly');
    client.close();
  });

  test('an upgrade the destination declines is an ordinary answer', async () => {
    const stub = await rawStub((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'));
    });
    const { port } = await startProxy([stub]);
    const client = new RawClient(port);
    for (let i = 0; i < 2; i++) {
      client.send(upgrade);
      expect((await client.answer()).status).toBe(403);
    }
    client.close();
  });

  test('a reset during the upgrade, on either side, does not harm the proxy', async () => {
    const connections: Socket[] = [];
    const stub = await rawStub((socket) => {
      connections.push(socket);
      if (connections.length % 2 === 0) socket.once('data', () => socket.resetAndDestroy());
    });
    const { port, proxy } = await startProxy([stub], { timeouts: { headMs: 1000 } });
    for (let i = 0; i < 50; i++) {
      const client = new RawClient(port).send(upgrade);
      const seen = connections.length;
      await waitFor(() => connections.length > seen);
      if (i % 2 === 0) client.socket.resetAndDestroy();
      else await client.answer().catch(() => {});
      client.close();
    }
    await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.inFlight === 0);
    expect(proxy.metrics().openTunnels).toBe(0);
  });

  test('half-closed by the client still delivers what the destination has to say', async () => {
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        socket.on('end', () => socket.end('farewell'));
      });
    });
    const { port } = await startProxy([stub]);
    const client = new RawClient(port).send(upgrade);
    await client.answer();
    client.socket.end();
    expect((await client.rest()).toString()).toBe('farewell');
    client.close();
  });

  test('whose client ended before the upgrade was answered leaves no tunnel open', async () => {
    let closed = 0;
    const stub = await rawStub((socket) => {
      socket.on('close', () => closed++);
      // The client's end is at the proxy by then.
      socket.once('data', () =>
        setTimeout(
          () => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
          20,
        ),
      );
    });
    const { port, proxy } = await startProxy([stub]);
    const client = new RawClient(port).send(upgrade);
    client.socket.end();
    await waitFor(() => closed === 1);
    await waitFor(() => proxy.metrics().openTunnels === 0 && proxy.metrics().openConnections === 0);
    client.close();
  });

  test('a reader that stops reading holds the sender back', async () => {
    let written = 0;
    const stub = await rawStub((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        const part = Buffer.alloc(65_536, 'x');
        const more = (): void => {
          do written += part.length;
          while (socket.write(part) && written < 500_000_000);
        };
        socket.on('drain', more);
        more();
      });
    });
    const { port, proxy } = await startProxy([stub], { timeouts: { writeStallMs: 700 } });
    const client = new RawClient(port);
    client.socket.pause();
    client.send(upgrade);
    await waitFor(() => proxy.upstreams()[0]?.destinations[0]?.counters.responses['1xx'] === 1);
    expect(proxy.metrics().openTunnels).toBe(0);
    expect(written).toBeLessThan(40_000_000);
    client.close();
  });

  test('is closed with 1012 when its destination drains, between frames, and the destination sees it end', async () => {
    const stub = await echoServer();
    const { port, proxy } = await startProxy([stub]);
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open(port)));
    const codes: number[] = [];
    const received: number[] = [];
    for (const socket of sockets) {
      socket.on('close', (code) => codes.push(code));
      socket.on('message', (data: Buffer) => received.push(data.length));
      socket.on('error', (error) => codes.push(-1, Number(String(error).length)));
    }
    for (const socket of sockets) for (let i = 0; i < 20; i++) socket.send(Buffer.alloc(50_000));
    proxy.drain('app', 'app-1');
    await waitFor(() => codes.length === 10);
    expect(new Set(codes)).toEqual(new Set([1012]));
    expect(received.every((length) => length === 50_000)).toBe(true);
    await waitFor(() => stub.sockets.size === 0 && proxy.metrics().openTunnels === 0);
  });

  test('of a bound client stays until the deadline of the drain', async () => {
    const stub = await echoServer();
    const { port, proxy } = await startProxy([stub], { app: { affinity: { cookie: 'aff' } } });
    const socket = await open(port);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    proxy.drain('app', 'app-1', { deadlineMs: 300_000 });
    socket.send('still here');
    expect((await next(socket)).toString()).toBe('still here');
    proxy.drain('app', 'app-1', { deadlineMs: 100 });
    expect(await closed).toBe(1012);
  });

  test('is closed with 1012 when the proxy closes', async () => {
    const stub = await echoServer();
    const { port, proxy } = await startProxy([stub]);
    const socket = await open(port);
    const code = new Promise<number>((resolve) => socket.once('close', resolve));
    await proxy.close({ graceMs: 3000 });
    expect(await code).toBe(1012);
  });

  test('that stays silent for too long is ended', async () => {
    const stub = await echoServer();
    const { port, proxy } = await startProxy([stub], { timeouts: { tunnelIdleMs: 300 } });
    const socket = await open(port);
    const startedAt = performance.now();
    const timer = setInterval(() => performance.now() - startedAt < 600 && socket.send('x'), 50);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(timer);
    expect(performance.now() - startedAt).toBeGreaterThan(800);
    expect(proxy.metrics().openTunnels).toBe(0);
  });
});
