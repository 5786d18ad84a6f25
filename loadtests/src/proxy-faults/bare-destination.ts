import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Destination } from '../balancers/balancer.js';

/** What it does with data on a connection. */
export type Serve = (socket: Socket, data: Buffer, isFirst: boolean) => void;

const WELL = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** A destination in this process, on bare sockets. Health checks are answered. */
export async function startBareDestination(serve: Serve): Promise<Destination & { stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let isFirst = true;
    socket.on('data', (data) => {
      if (isFirst && data.toString('latin1', 0, 13).includes(' /healthz')) {
        socket.end(WELL);
        return;
      }
      serve(socket, data, isFirst);
      isFirst = false;
    });
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  return {
    ...{ id: 'd-0', port: (server.address() as AddressInfo).port },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
