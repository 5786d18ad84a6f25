/** Socket.IO with its Redis adapter, doing the least that a chat does: join a room, tell the room. No session, no history. */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

const publisher = new Redis(process.env.REDIS_URL ?? '');
const server = createServer();
const io = new Server(server, {
  transports: ['websocket'],
  adapter: createAdapter(publisher, publisher.duplicate()),
});
io.on('connection', (socket) => {
  socket.on('join', async ({ room }: { room: string }) => {
    await socket.join(room);
    socket.emit('joined', { room });
  });
  socket.on('send', ({ room, text, clientId }: { room: string; text: string; clientId: string }) => {
    const message = { id: clientId, from: 'user', text, at: new Date().toISOString() };
    io.to(room).emit('message', { room, message });
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
