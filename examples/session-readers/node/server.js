// The Node side: logs in, reads and writes the session, and holds WebSockets that close when it ends.
import { createServer } from 'node:http';
import { createSessions } from '@holdfast/session';
import express from 'express';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

const sessions = createSessions({
  store: 'cached',
  secrets: process.env.SESSION_SECRETS.split(','),
  redis: new Redis(process.env.REDIS_URL),
  idleSeconds: Number(process.env.IDLE_SECONDS ?? 1800),
});
const app = express();
app.use(express.json({ strict: false }));
app.use(sessions.middleware);

// Whoever asks is let in; to check a password is not what this example is about.
app.post('/login', async (req, res) => {
  await sessions.login(req, req.body);
  res.sendStatus(204);
});

app.get('/me', (req, res) => {
  const current = sessions.current(req);
  if (current === null) return res.status(401).json({ code: 'unauthenticated' });
  const { cookie: _, user, ...attributes } = req.session;
  res.json({ user, attributes });
});

app.put('/attributes/:name', (req, res) => {
  req.session[req.params.name] = req.body;
  res.sendStatus(204);
});

app.post('/logout', async (req, res) => {
  await sessions.logout(req);
  res.sendStatus(204);
});

const sockets = new WebSocketServer({ noServer: true });
const server = createServer(app).on('upgrade', async (req, socket, head) => {
  const session = await sessions.authenticateUpgrade(req);
  if (session === null) return socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
  sockets.handleUpgrade(req, socket, head, (ws) => {
    const stop = sessions.watch(session, (reason) => ws.close(4401, reason));
    ws.on('close', stop);
  });
});
server.listen(process.env.PORT, '127.0.0.1');
