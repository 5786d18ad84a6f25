// A Socket.IO chat: what one says is told to everybody. With REDIS_URL its servers tell each other, by Socket.IO's Redis adapter.
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

const server = createServer((_req, res) => res.writeHead(404).end());
const io = new Server(server, { serveClient: false });
if (process.env.REDIS_URL !== undefined) {
  const redis = new Redis(process.env.REDIS_URL);
  io.adapter(createAdapter(redis, redis.duplicate()));
}
io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));

server.listen(process.env.PORT, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
