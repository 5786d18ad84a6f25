import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express from 'express';
import { Redis } from 'ioredis';
import { openVariant, type VariantName } from './variants.js';

/** What a server process says about itself. */
export interface ServerUsage {
  readonly cpuMicroseconds: number;
  readonly openSockets: number;
  /** After a collection, where the process was started with --expose-gc. */
  readonly heapBytes: number;
}

const [variantName, redisUrl] = process.argv.slice(2);
const redis = new Redis(redisUrl ?? '');
const variant = openVariant(variantName as VariantName, redis);
let openSockets = 0;

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(variant.middleware);
app.post('/login/:user', async (req, res) => {
  await variant.login(req, req.params.user);
  res.end();
});
app.get('/me', (req, res) => {
  if (!variant.isLoggedIn(req)) {
    res.status(401).end();
    return;
  }
  res.json({ user: req.session.user });
});
app.post('/end/:user', async (req, res) => {
  await variant.sessions?.devices.endAll(req.params.user, 'revoked');
  res.end();
});

const server = createServer(app);
server.on('upgrade', async (req: IncomingMessage, socket: Socket) => {
  const session = await variant.sessions?.authenticateUpgrade(req);
  if (session === null || session === undefined) {
    socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    return;
  }
  openSockets += 1;
  socket.on('close', () => {
    openSockets -= 1;
  });
  socket.on('error', () => undefined);
  variant.sessions?.watch(session, () => socket.destroy());
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bench\r\n\r\n');
});

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed;
  process.send?.({ cpuMicroseconds: user + system, openSockets, heapBytes } satisfies ServerUsage);
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
