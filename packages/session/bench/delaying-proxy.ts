import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface DelayingProxy {
  readonly port: number;
  close(): void;
}

/** Passes bytes to a port and back, each way half of `roundTripMs` late, as a network between them would. */
export async function startDelayingProxy(targetPort: number, roundTripMs: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => after(roundTripMs / 2, () => to.writable && to.write(bytes)));
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Timers count in whole milliseconds; fractions of one need a look at the clock in every turn. */
function after(ms: number, act: () => void): void {
  if (ms === 0) return void act();
  const due = performance.now() + ms;
  const look = () => {
    if (performance.now() >= due) act();
    else setImmediate(look);
  };
  look();
}
