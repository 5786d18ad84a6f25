import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DelayingProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens a port that leads to `targetPort` and delays every answer by the round trip of such a network. */
export async function startDelayingProxy(targetPort: number, roundTripMs: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    const close = () => {
      client.destroy();
      target.destroy();
      sockets.delete(client);
    };
    sockets.add(client);
    for (const socket of [client, target]) socket.setNoDelay(true).on('error', close).on('close', close);
    client.pipe(target);
    target.on('data', (chunk) => setTimeout(() => client.destroyed || client.write(chunk), roundTripMs));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
