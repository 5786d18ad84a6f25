/**
 * Closed-loop HTTP/1.1 load on kept connections, in a process of its own. Reads just enough of an answer to know where
 * it ends, so that it costs far less than what it measures. All connections are open before the first request; at most
 * `inFlight` (default all) have a request under way, and they take turns. Tells its parent `opened`, then the `outcome`,
 * then `closed`, so that opening and closing are not part of what is measured.
 */
import { connect } from 'node:net';

process.on('message', async (job) => {
  const opened = [];
  for (let at = 0; at < job.connections; at += 100) {
    const batch = Math.min(100, job.connections - at);
    opened.push(...(await Promise.all(Array.from({ length: batch }, () => open(job.port)))));
  }
  process.send({ opened: opened.length });
  process.send({ outcome: await run(job, opened) });
  await Promise.all(opened.map((socket) => new Promise((done) => socket.once('close', done).destroy())));
  process.send({ closed: true });
});

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

async function run({ request, durationMs, checkBytes, inFlight }, sockets) {
  const bytes = Buffer.from(request, 'latin1');
  const latencies = [];
  let failures = 0;
  let running = true;
  let underWay = 0;
  let allDone = () => {};
  // A ring of resting connections: the one that rested longest asks next.
  const resting = sockets.map(prepare);
  const size = resting.length;
  let from = 0;
  let count = size;
  const rest = (client) => {
    resting[(from + count++) % size] = client;
  };
  const askNext = () => {
    if (!running || count === 0) {
      if (underWay === 0) allDone();
      return;
    }
    const client = resting[from];
    from = (from + 1) % size;
    count--;
    underWay++;
    client.ask();
  };
  for (let i = 0; i < Math.min(inFlight ?? size, size); i++) askNext();
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  running = false;
  if (underWay > 0) {
    await new Promise((resolve) => {
      allDone = resolve;
      setTimeout(resolve, 5000);
    });
    failures += underWay;
  }
  const sorted = Float64Array.from(latencies).sort();
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  return { requests: sorted.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };

  function prepare(socket) {
    let startedAt = 0;
    let expected = -1;
    let received = 0;
    const client = {
      ask() {
        expected = -1;
        received = 0;
        startedAt = performance.now();
        socket.write(bytes);
      },
    };
    const gone = () => {
      if (startedAt === 0) return;
      startedAt = 0;
      failures++;
      underWay--;
      askNext();
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
      if (checkBytes > 0 && received < checkBytes) failures++;
      latencies.push(performance.now() - startedAt);
      startedAt = 0;
      underWay--;
      rest(client);
      askNext();
    });
    return client;
  }
}
