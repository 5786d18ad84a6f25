/**
 * Clients that are as slow as a server lets them be, in a process of its own: a quarter sends a head byte by byte, a quarter a body,
 * a quarter a body that the destination answers before its end, a quarter asks for much and takes little of it. One that is cut off
 * comes back. Reports `attacking` when all are connected, `stopped` when all are gone.
 */
import { connect } from 'node:net';

const TICK_MS = 1000;
const head = 'Host: bench.localhost\r\nUser-Agent: slow/1\r\n';
// 1.5 MB for each slow reader: more than the kernel takes for it, and together less than the memory the kernel has for TCP, which
// attackers, proxy and healthy clients share here.
const kinds = [
  { first: `GET /small HTTP/1.1\r\n${head}X-Slow: `, more: 'a', reads: true },
  { first: `POST /upload HTTP/1.1\r\n${head}Content-Length: 1000000\r\n\r\n`, more: 'a', reads: true },
  { first: `POST /post HTTP/1.1\r\n${head}Content-Length: 1000000\r\n\r\n`, more: 'a', reads: true },
  { first: `GET /large HTTP/1.1\r\n${head}\r\n`.repeat(24), more: '', reads: false },
];
let port = 0;
let attacking = false;
const sockets = new Map();

function open(i) {
  const kind = kinds[i % kinds.length];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  sockets.set(socket, { kind, i });
  socket.on('error', () => {});
  socket.on('close', () => {
    sockets.delete(socket);
    if (attacking) open(i);
    else if (sockets.size === 0) process.send('stopped');
  });
  if (!kind.reads) socket.pause();
  else socket.resume();
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.write(kind.first);
      resolve();
    });
    socket.once('error', resolve);
  });
}

setInterval(() => {
  for (const [socket, { kind }] of sockets) {
    if (kind.reads) socket.write(kind.more);
    else socket.read(1024);
  }
}, TICK_MS);

process.on('message', async (message) => {
  if (message === 'stop') {
    attacking = false;
    if (sockets.size === 0) process.send('stopped');
    for (const socket of sockets.keys()) socket.destroy();
    return;
  }
  port = message.port;
  attacking = true;
  for (let at = 0; at < message.sockets; at += 100) {
    const batch = Math.min(100, message.sockets - at);
    await Promise.all(Array.from({ length: batch }, (_, i) => open(at + i)));
  }
  process.send('attacking');
});
