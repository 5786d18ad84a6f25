import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { surviveFailedWrites } from '../src/sockets/survive-failed-writes.js';

test('P19: a socket whose write failed is read to its end, and says that it ended', async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise((resolve) => server.once('listening', resolve));
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  client.on('error', () => undefined);
  const socket = await accepted;
  const failed = new Promise<void>((resolve) => surviveFailedWrites(socket, resolve));
  socket.on('error', () => undefined);
  // What the other side sends before it is gone waits in the kernel, since nobody reads.
  await new Promise((resolve) => client.end('the last words', () => resolve(undefined)));
  client.destroy();

  const write = () => socket.write('x', () => undefined);
  const timer = setInterval(write, 5);
  await failed;
  clearInterval(timer);
  let heard = '';
  socket.on('data', (bytes) => {
    heard += bytes.toString();
  });
  const ended = new Promise((resolve) => {
    for (const event of ['end', 'close']) socket.once(event, () => resolve(event));
  });
  socket.resume();
  await expect(ended).resolves.toBeDefined();
  expect(heard).toBe('the last words');
  socket.destroy();
  server.close();
});
