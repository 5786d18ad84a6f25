/**
 * Closed-loop HTTP/1.1 load on kept connections, in a process of its own. Reads just enough of an answer to know where
 * it ends, so that it costs far less than what it measures. Parent sends a job, gets counts and latencies.
 */
import { connect } from 'node:net';

process.on('message', async (job) => process.send(await run(job)));

async function run({ port, connections, request, durationMs, checkBytes }) {
  const bytes = Buffer.from(request, 'latin1');
  const latencies = [];
  let failures = 0;
  let running = true;
  const clients = Array.from({ length: connections }, () => client());
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  running = false;
  await Promise.all(clients);
  const sorted = Float64Array.from(latencies).sort();
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  return { requests: sorted.length, failures, p50Ms: at(0.5), p99Ms: at(0.99) };

  function client() {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let startedAt = 0;
      let expected = -1;
      let received = 0;
      const ask = () => {
        expected = -1;
        received = 0;
        startedAt = performance.now();
        socket.write(bytes);
      };
      socket.on('connect', ask);
      socket.on('data', (chunk) => {
        if (expected < 0) {
          // Heads fit into one read here; a proxy that splits them would show as a failure.
          const end = chunk.indexOf('\r\n\r\n');
          const length = /content-length: (\d+)/i.exec(chunk.latin1Slice(0, end))?.[1];
          const chunked = length === undefined && /transfer-encoding: chunked/i.test(chunk.latin1Slice(0, end));
          if (end < 0 || (length === undefined && !chunked)) {
            failures++;
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
        if (running) ask();
        else socket.destroy();
      });
      socket.on('error', () => failures++);
      socket.on('close', resolve);
    });
  }
}
