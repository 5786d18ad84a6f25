/**
 * Closed-loop HTTP/1.1 load on kept connections, in a process of its own. Reads just enough of an answer to know where
 * it ends, so that it costs far less than what it measures. All connections are open before the first request; at most
 * `inFlight` (default all) have a request under way, and they take turns. Tells its parent `opened` once each has had an
 * answer (a kernel connects before anyone accepts), then the `outcome`, then `closed`: only what lies between is measured.
 */
import { connect } from 'node:net';

process.on('message', async (job) => {
  const opened = [];
  for (let at = 0; at < job.connections; at += 100) {
    const batch = Math.min(100, job.connections - at);
    opened.push(...(await Promise.all(Array.from({ length: batch }, () => open(job.port)))));
  }
  const clients = new Clients(job, opened);
  await clients.ask({ atMost: opened.length });
  // What opening left behind is collected before it counts.
  await clients.ask({ forMs: opened.length > 100 ? 500 : 0 });
  process.send({ opened: opened.length });
  process.send({ outcome: await clients.ask({ forMs: job.durationMs }) });
  await Promise.all(opened.map((socket) => new Promise((done) => socket.once('close', done).destroy())));
  process.send({ closed: true });
});

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Connections that take turns in asking the same thing. */
class Clients {
  constructor({ request, checkBytes = 0, inFlight }, sockets) {
    this.bytes = Buffer.from(request, 'latin1');
    this.checkBytes = checkBytes;
    // A ring of resting connections: the one that rested longest asks next.
    this.resting = sockets.map((socket) => this.prepare(socket));
    this.from = 0;
    this.count = sockets.length;
    this.mostUnderWay = Math.min(inFlight ?? sockets.length, sockets.length);
    this.underWay = 0;
  }

  /** Asks for a time, or a number of times, and waits for the last answers. */
  async ask({ forMs = 0, atMost = Number.POSITIVE_INFINITY }) {
    this.latencies = [];
    this.failures = 0;
    this.left = forMs > 0 || Number.isFinite(atMost) ? atMost : 0;
    const done = new Promise((resolve) => {
      this.allDone = resolve;
    });
    for (let i = 0; i < this.mostUnderWay; i++) this.askNext();
    if (forMs > 0) {
      setTimeout(() => {
        this.left = 0;
        if (this.underWay === 0) this.allDone();
      }, forMs);
    }
    const timer = setTimeout(this.allDone, forMs + 10_000);
    if (this.left > 0 || this.underWay > 0) await done;
    clearTimeout(timer);
    const sorted = Float64Array.from(this.latencies).sort();
    const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
    return { requests: sorted.length, failures: this.failures + this.underWay, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  askNext() {
    if (this.left <= 0 || this.count === 0) {
      if (this.left <= 0 && this.underWay === 0) this.allDone();
      return;
    }
    this.left--;
    const client = this.resting[this.from];
    this.from = (this.from + 1) % this.resting.length;
    this.count--;
    this.underWay++;
    client.ask();
  }

  rest(client) {
    this.resting[(this.from + this.count++) % this.resting.length] = client;
    this.underWay--;
    this.askNext();
  }

  prepare(socket) {
    let startedAt = 0;
    let expected = -1;
    let received = 0;
    const client = {
      ask: () => {
        expected = -1;
        received = 0;
        startedAt = performance.now();
        socket.write(this.bytes);
      },
    };
    const gone = () => {
      if (startedAt === 0) return;
      startedAt = 0;
      this.failures++;
      this.underWay--;
      this.askNext();
    };
    socket.removeAllListeners('error').on('error', gone).on('close', gone);
    socket.on('data', (chunk) => {
      if (expected < 0) {
        // Heads fit into one read here; a proxy that splits them would show as a failure.
        const end = chunk.indexOf('\r\n\r\n');
        const length = /content-length: (\d+)/i.exec(chunk.latin1Slice(0, end))?.[1];
        const chunked = length === undefined && /transfer-encoding: chunked/i.test(chunk.latin1Slice(0, end));
        if (end < 0 || (length === undefined && !chunked)) {
          socket.destroy();
          return;
        }
        expected = chunked ? Number.POSITIVE_INFINITY : end + 4 + Number(length);
      }
      received += chunk.length;
      const done =
        received >= expected || (expected === Number.POSITIVE_INFINITY && chunk.latin1Slice(-5) === '0\r\n\r\n');
      if (!done) return;
      if (received < this.checkBytes) this.failures++;
      this.latencies.push(performance.now() - startedAt);
      startedAt = 0;
      this.rest(client);
    });
    return client;
  }
}
