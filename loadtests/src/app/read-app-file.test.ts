import { expect, test } from '@jest/globals';
import { armsOf } from './app-experiment.js';
import { readAppFile } from './read-app-file.js';

const GOOD = `app: shop
start: node server.js
variants: { memory: {}, redis: { REDIS_URL: '\${redis}' } }
journey:
  form: { get: /login, take: { csrf: { regex: 'name="csrf" value="([^"]+)"' } } }
  login: { post: /login, form: { user: '\${user}', csrf: '\${csrf}' }, expect: 302 }
  write: { post: /cart, json: { item: '\${n}' }, expect: 201 }
  check: { get: /cart, contains: '\${n}' }
`;

test('a file of steps: three routings of each variant, and a redirect to the login means logged out', () => {
  const { app, mistakes } = readAppFile('/apps/shop.yaml', GOOD);
  expect(mistakes).toEqual([]);
  expect(app).toMatchObject({ name: 'shop', folder: '/apps', replicas: 3, ready: { tcp: true } });
  if (app === undefined || 'module' in app.journey) throw new Error('it has steps');
  expect(armsOf(app).map(({ name }) => name)).toEqual([
    'round-robin-memory',
    'ip-hash-memory',
    'cookie-memory',
    'round-robin-redis',
    'ip-hash-redis',
    'cookie-redis',
  ]);
  expect(app.journey.login.map(({ name, expect }) => [name, expect])).toEqual([
    ['form', [200]],
    ['login', [302]],
  ]);
  expect(app.journey.check[0]?.loggedOutIf).toEqual({ status: [401], redirect: ['/login'] });
});

test.each([
  ['a misspelt setting', GOOD.replace('start:', 'strat:'), ':2: strat: is no setting; did you mean "start"?'],
  [
    'a path without a slash',
    GOOD.replace('get: /cart', 'get: cart'),
    ':8: journey.check.get: is no path; begin with a slash',
  ],
  [
    'two requests in a step',
    GOOD.replace('get: /cart,', 'get: /cart, post: /cart,'),
    ':8: journey.check: has get and post',
  ],
  [
    'a value that nobody takes',
    GOOD.replace("'${csrf}'", "'${crsf}'"),
    'journey.login: "${crsf}" has no value here; did you mean "csrf"?',
  ],
  ['an unknown store', GOOD.replace('${redis}', '${rediss}'), ':3: variants.redis.REDIS_URL: "${rediss}" is unknown'],
  [
    'a check that looks for nothing',
    GOOD.replace(", contains: '${n}'", ''),
    ':8: journey.check: does not look for what was written',
  ],
  [
    'a write that is always the same',
    GOOD.replace("json: { item: '${n}' }", 'json: { item: tea }'),
    ':7: journey.write: writes the same each time',
  ],
  ['an expression without a group', GOOD.replace('([^"]+)', '[^"]+'), 'journey.form.take.csrf'],
  ['start beside servers', `${GOOD}servers: ['http://127.0.0.1:1']\n`, ':9: servers: stands beside start'],
  ['no journey', 'app: shop\nstart: node server.js\n', 'journey: is missing; write steps: login, write and check'],
  [
    'steps in the wrong order',
    GOOD.replace('  login:', '  check: { get: /, contains: "${n}" }\n  login:').replace(
      / {2}check: \{ get: \/cart.*\n/,
      '',
    ),
    'comes too late; the order is login, write, check',
  ],
  ['a step after check', `${GOOD}  logout: { post: /logout }\n`, ':9: journey.logout: comes after check'],
  [
    'a misspelt condition',
    GOOD.replace("contains: '${n}'", "contains: '${n}', loggedOutIf: { redirects: /login }"),
    ':8: journey.check.loggedOutIf.redirects: is no setting; did you mean "redirect"?',
  ],
  ['a misspelt load', `${GOOD}load:\n  user: 30\n`, ':10: load.user: is no setting; did you mean "users"?'],
  [
    'users who are a multiple of the servers',
    `${GOOD}replicas: 5\nload: { users: 100 }\n`,
    ':10: load.users: 100 is a multiple of 5 servers, which hides an uneven share; write 99 or 101',
  ],
  [
    'users who are a multiple of the servers that a kill leaves',
    `${GOOD}load: { users: 62 }\n`,
    ':9: load.users: 62 is a multiple of 2 servers',
  ],
  [
    'users who are a multiple of the servers that run already',
    GOOD.replace(
      'start: node server.js',
      "servers: ['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3']",
    ).replace(/variants:.*\n/, 'load: { users: 63 }\n'),
    ':3: load.users: 63 is a multiple of 3 servers, which hides an uneven share; write 62 or 64',
  ],
  ['no YAML', 'app: [', ':1: '],
])('%s is named with its line and the fix', (_, text, mistake) => {
  const { app, mistakes } = readAppFile('shop.yaml', text);
  expect(app).toBeUndefined();
  expect(mistakes.join('\n')).toContain(mistake);
});

test('every value of a wrong kind is named with a fix, not in words of the library that checks it', () => {
  const wrong = `app: 1
start: {}
servers: no
folder: []
ready: 7
startTimeout: 5
replicas: many
env: 7
variants: 7
routings: round-robin
reset: 7
load: 7
journey:
  login: 7
  write: { post: [], form: 7, headers: 7, expect: ok, contains: 7, take: 7, follow: 1, once: 1, together: 0, loggedOutIf: 7 }
  check: { get: /, expect: [], take: { a: 7 }, loggedOutIf: { status: no, redirect: 7, contains: 7 } }
`;
  const { mistakes } = readAppFile('shop.yaml', wrong);
  expect(mistakes.length).toBeGreaterThanOrEqual(26);
  for (const mistake of mistakes) expect(mistake).toMatch(/^shop\.yaml:\d+: [\w.[\]]+: (is|are) .*; (write|put)/);
});

test('each number out of its range is named with a fix', () => {
  const load =
    'load: { users: 5, requestsPerUser: 3, warmUp: 6, measure: 20 }\nreplicas: 99\nservers: []\nroutings: []\n';
  for (const mistake of readAppFile('shop.yaml', GOOD + load).mistakes)
    expect(mistake).toMatch(/^shop\.yaml:\d+: [\w.[\]]+: (is|are|stands) .*; /);
});
