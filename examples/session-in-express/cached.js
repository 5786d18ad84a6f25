// The same app with its sessions in Redis, by @holdfast/session with a copy in each process.
import { createSessions } from '@holdfast/session';
import express from 'express';
import { Redis } from 'ioredis';

const redis = new Redis(process.env.REDIS_URL);
const sessions = createSessions({ store: 'cached', secrets: [process.env.SESSION_SECRET], redis });
const app = express();
app.use(express.json());
app.use(sessions.middleware);

// Whoever asks is let in; to check a password is not what this example is about.
app.post('/login', (req, res, next) => {
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.name = req.body.name;
    res.sendStatus(204);
  });
});

app.post('/cart', (req, res) => {
  req.session.cart = [...(req.session.cart ?? []), req.body.item];
  res.json(req.session.cart);
});

app.get('/me', (req, res) => {
  if (req.session.name === undefined) return res.sendStatus(401);
  res.json({ name: req.session.name, cart: req.session.cart ?? [] });
});

app.post('/logout', (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.sendStatus(204)));
});

app.listen(process.env.PORT, '127.0.0.1');
