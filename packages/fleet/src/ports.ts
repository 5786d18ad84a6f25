import { createServer } from 'node:net';

/** First and last port we take: below the kernel's range for outgoing connections, which would take ours. */
const portRange = { first: 20_000, last: 31_999 } as const;

/** True when nothing listens on the port at that address. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A port of {@link portRange} that is free now and not in `taken`. Throws when all are in use. */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  const size = portRange.last - portRange.first + 1;
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step++) {
    const port = portRange.first + ((start + step) % size);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`no free port between ${portRange.first} and ${portRange.last}: close some servers and try again`);
}
