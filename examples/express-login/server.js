// A stock Express app with a login and a cart, as most are: express-session, and what STORE says keeps the sessions.
import { createSessions } from '@holdfast/session';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';

const secret = process.env.SESSION_SECRET;

const middleware = {
  memory: () => session({ secret, resave: false, saveUninitialized: false }),
  'connect-redis': () =>
    session({ store: new RedisStore({ client: redis() }), secret, resave: false, saveUninitialized: false }),
  holdfast: () => createSessions({ store: 'redis', secrets: [secret], redis: redis() }).middleware,
}[process.env.STORE ?? 'memory'];

const app = express();
app.use(express.json(), express.urlencoded({ extended: false }));
app.get('/healthz', (_req, res) => res.sendStatus(204));
app.use(middleware());

// Whoever asks is let in; to check a password is not what this example is about.
app.post('/login', (req, res, next) => {
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.user = req.body.user;
    res.redirect('/cart');
  });
});

app.use('/cart', (req, res, next) => (req.session.user === undefined ? res.redirect('/login') : next()));

// Each item is an attribute of its own: two requests at the same time change two things, and a store may keep both.
app.post('/cart', (req, res) => {
  req.session[`item ${req.body.item}`] = true;
  res.sendStatus(201);
});

app.get('/cart', (req, res) => {
  const items = Object.keys(req.session).filter((name) => name.startsWith('item '));
  res.json({ user: req.session.user, items: items.map((name) => name.slice('item '.length)) });
});

app.listen(process.env.PORT, '127.0.0.1');

function redis() {
  return new Redis(process.env.REDIS_URL);
}
