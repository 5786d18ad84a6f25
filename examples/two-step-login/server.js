// Logins in two steps: the second step is right only where the first one is remembered.
import { randomBytes } from 'node:crypto';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';

const { PORT, REDIS_URL, SESSION_SECRET: secret } = process.env;
const store = REDIS_URL === undefined ? undefined : new RedisStore({ client: new Redis(REDIS_URL) });
const app = express();
app.use(express.urlencoded({ extended: false }));
app.get('/healthz', (_req, res) => res.sendStatus(204));
app.use(session({ store, secret, resave: false, saveUninitialized: false }));

// A form with a token against forgery: the session remembers which one it gave.
app.get('/login', (req, res) => {
  req.session.csrf = randomBytes(16).toString('hex');
  res.send(
    `<form method="post"><input name="user"><input type="hidden" name="csrf" value="${req.session.csrf}"></form>`,
  );
});
app.post('/login', (req, res) => {
  if (req.session.csrf === undefined || req.body.csrf !== req.session.csrf)
    return res.status(403).send('The CSRF token is wrong. Load the form again.');
  req.session.user = req.body.user;
  res.redirect('/me');
});

// "Log in with …": the session remembers the state that the provider has to bring back.
app.get('/oauth', (req, res) => {
  req.session.state = randomBytes(16).toString('hex');
  res.redirect(`/provider?state=${req.session.state}`);
});
// The provider, which lets everybody in and knows nothing of sessions.
app.get('/provider', (req, res) => res.redirect(`/callback?code=1&state=${encodeURIComponent(req.query.state)}`));
app.get('/callback', (req, res) => {
  if (req.session.state === undefined || req.query.state !== req.session.state)
    return res.status(400).send('The state is wrong. Begin the login again.');
  req.session.user = 'somebody';
  res.redirect('/me');
});

app.get('/me', (req, res) => (req.session.user === undefined ? res.redirect('/login') : res.send(req.session.user)));

app.listen(PORT, '127.0.0.1', () => console.log('listening'));
