/**
 * Passes bytes to a port and back, each way half a round trip late, as a network between them would. A process of its
 * own that sleeps rather than spins: exact to about 0.1 ms, and it takes no CPU from what is measured. Sleeping holds up
 * every connection, so it is for one request at a time.
 */
import { type AddressInfo, connect, createServer } from 'node:net';

const [targetPort, roundTripMs] = process.argv.slice(2).map(Number);
const sleeper = new Int32Array(new SharedArrayBuffer(4));

const server = createServer((client) => {
  const upstream = connect(targetPort ?? 0, '127.0.0.1');
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      if (roundTripMs) Atomics.wait(sleeper, 0, 0, roundTripMs / 2);
      to.write(bytes);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  }
}).listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
