/** Opens tunnels and keeps them, or plays ping-pong over them; in a process of its own. */
import { connect } from 'node:net';

const upgrade =
  'GET /ws HTTP/1.1\r\nHost: bench.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const message = Buffer.concat([Buffer.from([0x82, 64]), Buffer.alloc(64, 'x')]);
let sockets = [];

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('data', (data) =>
      data.toString().includes(' 101 ') ? resolve(socket) : reject(new Error(data.toString())),
    );
    socket.write(upgrade);
  });
}

process.on('message', async ({ what, port, count, durationMs }) => {
  try {
    if (what === 'open') {
      for (let at = 0; at < count; at += 100) {
        sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, count - at) }, () => open(port)))));
      }
      process.send({ open: sockets.length });
    } else if (what === 'echo') {
      let messages = 0;
      let running = true;
      for (const socket of sockets) {
        let received = 0;
        socket.on('data', (data) => {
          received += data.length;
          if (received < message.length) return;
          received = 0;
          messages++;
          if (running) socket.write(message);
        });
        socket.write(message);
      }
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      running = false;
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const socket of sockets) socket.removeAllListeners('data');
      process.send({ messages });
    } else {
      for (const socket of sockets) socket.destroy();
      sockets = [];
      process.send({ open: 0 });
    }
  } catch (error) {
    process.send({ error: String(error) });
  }
});
