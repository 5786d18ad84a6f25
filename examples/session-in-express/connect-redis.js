// The same app with its sessions in Redis, by connect-redis.
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';

const store = new RedisStore({ client: new Redis(process.env.REDIS_URL) });
const app = express();
app.use(express.json());
app.use(session({ store, secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false }));

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
