import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A stub HTTP server on loopback, for tests of its callers. */
export interface Destination {
  readonly url: string;
  readonly port: number;
  /** For upgrades and connection events. */
  readonly server: Server;
  /** Stops listening and cuts every connection, upgraded ones included. */
  stop(): Promise<void>;
}

/** Starts a stub destination; `port` reopens an earlier port (default 0: any free one). */
export async function startDestination(
  handler: RequestListener = (_request, response) => void response.end(),
  port = 0,
): Promise<Destination> {
  const server = createServer(handler);
  // Node's http server forgets sockets once they are upgraded.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actualPort}`,
    port: actualPort,
    server,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
