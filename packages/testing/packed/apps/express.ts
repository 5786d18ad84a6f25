import type { AddressInfo } from 'node:net';
import { createSessions } from '@holdfast/session';
import express from 'express';
import { connect } from './client.js';

declare module 'express-session' {
  interface SessionData {
    cart?: string[];
  }
}

async function main(): Promise<void> {
  const redis = await connect();
  const sessions = createSessions({ store: 'cached', secrets: ['a long secret of a stranger: 3f9b1c'], redis });
  const app = express();
  app.use(express.json(), sessions.middleware);
  app.post('/login', (req, res, next) => {
    sessions.login(req, { id: req.body.id, name: 'Ada' }).then(() => res.status(201).json({}), next);
  });
  app.post('/cart', (req, res) => {
    req.session.cart = [...(req.session.cart ?? []), String(req.body.item)];
    res.status(201).json({});
  });
  app.get('/cart', (req, res) => {
    const current = sessions.current(req);
    if (current === null) res.status(401).json({});
    else res.json({ user: current.user.name, cart: req.session.cart ?? [] });
  });
  app.post('/end-others', (req, res, next) => {
    const current = sessions.current(req);
    if (current === null) {
      res.status(401).json({});
      return;
    }
    sessions.devices
      .endOthers(current.user.id, current.sessionId, 'revoked')
      .then((ended) => res.status(201).json({ ended }), next);
  });
  app.post('/logout', (req, res, next) => {
    sessions.logout(req).then(() => res.status(201).json({}), next);
  });
  const server = app.listen(0, '127.0.0.1', () => {
    console.log(`listening ${(server.address() as AddressInfo).port}`);
  });
}

void main();
