/** F7, F17, F18: connections that close at the wrong moment, clients that do not read, clients that leave. */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { printTable, verdict } from '../verdict.mjs';
import { forEach, ours } from './contenders.mjs';
import { pause, startLoad } from './load.mjs';

const megabyte = 1024 * 1024;

/** A destination in this process, written on bare sockets. Health checks are answered. */
function listen(serve) {
  const sockets = new Set();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let first = true;
    socket.on('data', (data) => {
      if (first && data.toString('latin1', 0, 13).includes(' /healthz')) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      serve(socket, data, first);
      first = false;
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', 4096, () =>
      resolve({
        id: 'd-0',
        port: server.address().port,
        stop() {
          for (const socket of sockets) socket.destroy();
          server.close();
        },
      }),
    );
  });
}

export async function raced(options) {
  const wanted = options.quick ? 3000 : 10_000;
  const rows = await forEach(options, async (start) => {
    const seenPosts = new Map();
    const destination = await listen((socket, data) => {
      const text = data.latin1Slice();
      const name = /^x-request: (.*)\r$/im.exec(text)?.[1];
      if (text.startsWith('POST') && name) seenPosts.set(name, (seenPosts.get(name) ?? 0) + 1);
      if (!/^(GET|POST) /.test(text)) return;
      socket.write('HTTP/1.1 200 OK\r\nX-Instance: d-0\r\nContent-Length: 2\r\n\r\nok');
      if (Math.random() < 0.2) setTimeout(() => socket.end(), Math.random() * 3);
    });
    const proxy = await start({ destinations: [destination] });
    await pause(700);
    // A pool has to see once how early this destination closes before it can be careful with what cannot be repeated.
    const warm = startLoad({ port: proxy.port, clients: 8, thinkMs: 0, postShare: 0 });
    await pause(1000);
    await warm.end();
    let [total, gets, posts] = [0, 0, 0];
    while (total < wanted) {
      const load = startLoad({ port: proxy.port, clients: 8, thinkMs: 0 });
      await pause(1500);
      const seen = await load.end();
      total += seen.total;
      gets += seen.failed(false);
      posts += seen.failed(true);
    }
    await proxy.stop();
    destination.stop();
    const twice = [...seenPosts.values()].filter((times) => times > 1).length;
    return { requests: total, 'failed GET': gets, 'failed POST': posts, 'POST seen twice': twice };
  });
  printTable('F7  a destination that closes one connection in five up to 3 ms after its answer', rows);
  const row = ours(rows);
  const failed = row && row['failed GET'] + row['failed POST'];
  return {
    rows,
    verdicts: row && [
      verdict('F7: 0 × 502', failed === 0, `${failed} of ${row.requests} requests`),
      verdict('F7: no POST sent twice', row['POST seen twice'] === 0, `${row['POST seen twice']}`),
    ],
  };
}

const rssBytes = (pids) =>
  pids.reduce(
    (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    0,
  );
const descriptors = (pids) => pids.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);

/** Waits until `condition` holds and answers how long that took; null when it did not within `limitMs`. */
async function msUntil(condition, limitMs) {
  const startedAt = performance.now();
  while (performance.now() - startedAt < limitMs) {
    if (condition()) return Math.round(performance.now() - startedAt);
    await pause(50);
  }
  return null;
}

const readerRequests = {
  tunnels:
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  downloads: 'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n',
};
const stallMs = 4000;
const part = Buffer.alloc(65_536, 0x61);
const frame = Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xfc]), Buffer.alloc(65_532, 0x61)]);

export async function unread(options) {
  // More than these would measure how fast this process pours.
  const readers = options.quick ? 30 : 60;
  const rows = [];
  for (const [what, request] of Object.entries(readerRequests)) {
    const measured = await forEach(options, async (start) => {
      const streams = new Set();
      const destination = await listen((socket, data, first) => {
        if (!first) return;
        streams.add(socket);
        socket.on('close', () => streams.delete(socket));
        const upgrade = data.includes('Upgrade');
        socket.write(
          upgrade
            ? 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n'
            : `HTTP/1.1 200 OK\r\nContent-Length: ${1024 * megabyte}\r\n\r\n`,
        );
        const bytes = upgrade ? frame : part;
        const pour = () => {
          while (!socket.destroyed && socket.write(bytes));
        };
        socket.on('drain', pour);
        pour();
      });
      const proxy = await start({ destinations: [destination], stallMs, responseMs: 30_000 });
      await pause(700);
      const before = rssBytes(proxy.pids());
      const clients = Array.from({ length: readers }, () => {
        const socket = connect(proxy.port, '127.0.0.1').on('error', () => {});
        socket.pause();
        socket.write(request);
        return socket;
      });
      const frozenAt = performance.now();
      await msUntil(() => streams.size === readers, stallMs / 2);
      await pause(stallMs / 4);
      const begun = streams.size;
      const grownBytes = rssBytes(proxy.pids()) - before;
      const dropped = await msUntil(() => streams.size === 0, 5 * stallMs);
      const droppedMs = dropped === null ? null : Math.round(performance.now() - frozenAt);
      for (const socket of clients) socket.destroy();
      await proxy.stop();
      destination.stop();
      return { frozen: `${begun} ${what}`, 'KB each': grownBytes / begun / 1024, 'dropped after ms': droppedMs };
    });
    rows.push(...measured);
  }
  printTable(
    `F17  clients that ask for an endless stream and never read; all are told to give up after ${stallMs} ms`,
    rows,
  );
  const own = rows.filter(({ contender }) => contender === 'holdfast');
  return {
    rows,
    verdicts: own.map((row) =>
      verdict(
        `F17: memory per frozen reader ≤ 1 MB, dropped (${row.frozen})`,
        row['KB each'] <= 1024 && row['dropped after ms'] !== null,
        `${row['KB each'].toFixed(0)} KB, dropped after ${row['dropped after ms']} ms`,
      ),
    ),
  };
}

export async function aborted(options) {
  const wanted = options.quick ? 2000 : 10_000;
  const atOnce = 50;
  const rows = await forEach(options, async (start) => {
    const arrived = new Map();
    const goneAt = new Map();
    const destination = await listen((socket, data) => {
      const name = /^GET \/(\d+) /.exec(data.latin1Slice(0, 40))?.[1];
      if (name === undefined) return;
      arrived.get(name)?.();
      socket.on('close', () => goneAt.get(name)?.(performance.now()));
    });
    const proxy = await start({ destinations: [destination] });
    await pause(700);
    const times = [];
    let never = 0;
    const abortOne = async (i) => {
      const name = String(i);
      const here = new Promise((resolve) => arrived.set(name, resolve));
      const left = new Promise((resolve) => goneAt.set(name, resolve));
      const socket = connect(proxy.port, '127.0.0.1').on('error', () => {});
      socket.write(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await here;
      const leftAt = performance.now();
      if (i % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
      const at = await Promise.race([left, pause(3000).then(() => null)]);
      if (at === null) never++;
      else times.push(at - leftAt);
      arrived.delete(name);
      goneAt.delete(name);
    };
    const run = async (count, from) => {
      for (let at = 0; at < count; at += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, (_, i) => abortOne(from + at + i)));
      }
    };
    await run(500, 0);
    await pause(500);
    const before = { open: descriptors(proxy.pids()), rss: rssBytes(proxy.pids()) };
    times.length = 0;
    await run(wanted, 1000);
    await pause(1000);
    const open = descriptors(proxy.pids()) - before.open;
    const grown = rssBytes(proxy.pids()) - before.rss;
    await proxy.stop();
    destination.stop();
    const sorted = times.toSorted((a, b) => a - b);
    return {
      aborts: wanted,
      'median ms': sorted[sorted.length >> 1] ?? null,
      'p99 ms': sorted[Math.floor(sorted.length * 0.99)] ?? null,
      'never aborted': never,
      'sockets left': Math.max(0, open),
      'RSS grown MB': grown / megabyte,
    };
  });
  printTable(
    'F18  clients that leave while their request is under way, half by FIN, half by RST: until the destination hears',
    rows,
  );
  const row = ours(rows);
  // What nginx does in well under a millisecond takes this long here: so late is the machine.
  const lateMs = rows.find(({ contender }) => contender === 'nginx')?.['p99 ms'] ?? 0;
  return {
    rows,
    verdicts: row && [
      verdict(
        'F18: aborted upstream ≤ 100 ms',
        row['never aborted'] > 0 ? false : row['p99 ms'] <= 100 || (lateMs > 10 ? null : false),
        `p99 ${row['p99 ms']?.toFixed(1)} ms, ${row['never aborted']} never`,
      ),
      verdict(
        'F18: no socket and no memory leaks',
        row['sockets left'] <= 2 && row['RSS grown MB'] < 30,
        `${row['sockets left']} sockets, ${row['RSS grown MB'].toFixed(1)} MB`,
      ),
    ],
  };
}
