// A small Express app that is strict in the way STRICT says, as real apps are.
import express from 'express';
import session from 'express-session';

const { STRICT, PORT } = process.env;
const app = express();
app.use(express.json(), express.urlencoded({ extended: false }));
if (STRICT === 'host') {
  app.use((req, res, next) => {
    if (req.hostname === 'shop.example') return next();
    res.status(400).send(`Invalid HTTP_HOST header: '${req.headers.host}'. You may need to add it to ALLOWED_HOSTS.`);
  });
}
app.use(
  session({
    secret: 'a secret for a test',
    resave: false,
    saveUninitialized: true,
    cookie: { secure: STRICT === 'secure-cookie' },
  }),
);

app.get('/login', (req, res) => {
  req.session.csrf ??= 'c5f7';
  res.send(
    `<form method="post"><input name="csrf" value="${req.session.csrf}"><input name="password" type="password"></form>`,
  );
});

let logins = 0;
app.post('/login', (req, res) => {
  if (STRICT === 'csrf' && (req.session.csrf === undefined || req.body.csrf !== req.session.csrf))
    return res.status(403).send('CSRF verification failed. Request aborted.');
  if (STRICT === 'rate-limit' && ++logins > 0) return res.status(429).send('Too many login attempts, try again later.');
  req.session.user = req.body.user;
  res.redirect('/cart');
});

app.use('/cart', (req, res, next) => (req.session.user === undefined ? res.redirect('/login') : next()));
app.post('/cart', (req, res) => {
  req.session.items = [...(req.session.items ?? []), req.body.item];
  res.redirect('/cart');
});
app.get('/cart', (req, res) => res.json(req.session.items ?? []));

app.listen(PORT, '127.0.0.1');
