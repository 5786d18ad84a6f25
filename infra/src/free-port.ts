import { createServer } from 'node:net';

/** True if nothing listens on the port of that address. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port from 20000–31999. That range is below the one the kernel gives to outgoing connections, so a server that is
 * restarted under load does not find its port taken by a client's socket.
 */
export async function findFreePort(taken: ReadonlySet<number> = new Set(), random = Math.random): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(random() * 12_000);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error('no free port found between 20000 and 31999: close some servers and try again');
}
