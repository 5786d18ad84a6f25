/** Accepts WebSocket upgrades and returns every byte: as little work as possible, so that the proxy shows. */
import { createServer } from 'node:net';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
    );
    // Unmasked towards the client, as a server's frames are: here the bytes are a server frame already.
    socket.on('data', (data) => socket.write(data));
  });
});
server.listen(0, '127.0.0.1', 16_384, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
