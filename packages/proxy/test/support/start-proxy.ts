import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createNetServer, type Socket } from 'node:net';
import { createProxy, type ProxyConfig, type ProxyDeps, type ReverseProxy } from '../../src/index.js';

export interface Stub {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const cleanUps: (() => Promise<void>)[] = [];

/** Ends everything the helpers of this file started. */
export async function cleanUp(): Promise<void> {
  for (const end of cleanUps.splice(0).reverse()) await end();
}

/** Has `cleanUp` end something more. */
export function alsoEnd(end: () => Promise<void>): void {
  cleanUps.push(end);
}

/** A destination on node:http. */
export async function httpStub(handler: RequestListener): Promise<Stub & { server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  cleanUps.push(close);
  return { port, url: `http://127.0.0.1:${port}`, close, server };
}

/** A destination that speaks raw bytes. */
export async function rawStub(onConnection: (socket: Socket) => void): Promise<Stub> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  cleanUps.push(close);
  return { port, url: `http://127.0.0.1:${port}`, close };
}

/** A destination that answers every request on a connection with the same raw text; remembers what it received. */
export async function cannedStub(
  answer: string | ((request: string) => string),
): Promise<Stub & { received: string[] }> {
  const received: string[] = [];
  const stub = await rawStub((socket) => {
    socket.on('data', (chunk) => {
      const request = chunk.toString('latin1');
      received.push(request);
      socket.write(Buffer.from(typeof answer === 'string' ? answer : answer(request), 'latin1'));
    });
  });
  return { ...stub, received };
}

export interface StartedProxy {
  readonly proxy: ReverseProxy;
  readonly port: number;
  readonly base: string;
}

/** A proxy on a free port. `destinations` makes an upstream `app` routed at "/", unless the config says otherwise. */
export async function startProxy(
  destinations: readonly Stub[],
  config: Partial<ProxyConfig> & { app?: Partial<ProxyConfig['upstreams'][string]> } = {},
  deps: ProxyDeps = {},
): Promise<StartedProxy> {
  const { app, ...rest } = config;
  const proxy = createProxy(
    {
      listen: { port: 0 },
      upstreams: {
        app: { destinations: destinations.map(({ url }, index) => ({ id: `app-${index + 1}`, url })), ...app },
      },
      routes: [{ path: '/', upstream: 'app' }],
      ...rest,
    },
    deps,
  );
  const { port } = await proxy.listen();
  cleanUps.push(() => proxy.close({ graceMs: 0 }));
  return { proxy, port, base: `http://127.0.0.1:${port}` };
}
