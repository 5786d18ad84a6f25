/** Answers with bytes that can be checked: `GET /<seed>/<length>` repeatably, POST with the checksum of what came. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { bytesOf } from './soak-bytes.mjs';

const ports = [];
for (let i = 0; i < 3; i++) {
  const server = createServer((request, response) => {
    const [, seed, length] = request.url.split('/');
    if (request.method === 'POST') {
      const hash = createHash('sha256');
      request.on('data', (part) => hash.update(part));
      request.on('end', () => response.end(hash.digest('hex')));
      return;
    }
    if (seed === 'healthz') return void response.end('ok');
    const bytes = bytesOf(Number(seed), Number(length));
    if (seed % 2 === 0) response.setHeader('content-length', bytes.length);
    for (let at = 0; at < bytes.length; at += 50_000) response.write(bytes.subarray(at, at + 50_000));
    response.end();
  });
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports.push(server.address().port);
}
process.on('disconnect', () => process.exit(0));
process.send({ ports });
