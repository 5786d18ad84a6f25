import type { Server } from 'node:net';

/** Opens a server's port; resolves to the port and the host. Rejects with the socket's error (`EADDRINUSE` …) when it cannot. */
export function listenOn(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<{ port: number; host: string }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port, host });
    });
  });
}
