/** A process that answers every connection with bytes and then dies or ends: `how` is fin, rst or kill. */
import { createServer } from 'node:net';

const { HEAD, BYTES, HOW } = process.env;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(Buffer.from(HEAD, 'latin1'));
    socket.write(Buffer.alloc(Number(BYTES), 'x'), () => {
      if (HOW === 'kill') process.kill(process.pid, 'SIGKILL');
      // A reset drops what has not left this process yet.
      else if (HOW === 'rst') setTimeout(() => socket.resetAndDestroy(), 300);
      else socket.end();
    });
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
