import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stub HTTP server on a free loopback port, for tests of what calls it. */
export interface Destination {
  readonly url: string;
  readonly port: number;
  /** For upgrades and connection events. */
  readonly server: Server;
  /** Closes it and every open connection. */
  stop(): Promise<void>;
}

export async function startDestination(handler: RequestListener): Promise<Destination> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
