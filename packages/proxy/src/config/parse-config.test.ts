import { expect, test } from '@jest/globals';
import { createPolicy, POLICY_NAMES } from '../balancing/create-policy.js';
import { createProxy } from '../create-proxy.js';
import { ConfigError, parseConfig } from './parse-config.js';

test('the smallest file is filled up with defaults', () => {
  const parsed = parseConfig({
    upstreams: { app: { destinations: [{ id: 'app-1', url: 'http://127.0.0.1:3001' }] } },
    routes: [{ upstream: 'app' }],
  });
  expect(parsed).toMatchObject({
    ok: true,
    config: {
      listen: { port: 8080, host: '127.0.0.1' },
      upstreams: { app: { policy: 'round-robin', destinations: [{ weight: 1 }] } },
      routes: [{ path: '/', websocket: true }],
      trustedProxies: [],
    },
  });
});

test('a parsed config parses again to the same', () => {
  const once = parseConfig({ upstreams: { a: { destinations: [], health: {} } }, routes: [] });
  if (!once.ok) throw new Error('did not parse');
  expect(parseConfig(once.config)).toEqual(once);
});

test('every mistake is reported, each with its path and a valid example', () => {
  const parsed = parseConfig({
    listen: { port: '8080' },
    upstreams: {
      app: {
        policy: 'fastest',
        colour: 'red',
        destinations: [
          { id: 'app 1', url: 'ftp://x' },
          { id: 'app-2', url: 'http://h:1', weight: 0 },
        ],
      },
    },
    routes: [{ path: 'api', upstream: 'app' }],
    trustedProxies: ['10.0.0.0/99'],
  });
  if (parsed.ok) throw new Error('was accepted');
  expect(parsed.mistakes.map(({ path }) => path).sort()).toEqual([
    'listen.port',
    'routes.0.path',
    'trustedProxies.0',
    'upstreams.app.colour',
    'upstreams.app.destinations.0.id',
    'upstreams.app.destinations.0.url',
    'upstreams.app.destinations.1.weight',
    'upstreams.app.policy',
  ]);
  for (const { problem, example } of parsed.mistakes) {
    expect(problem).not.toBe('');
    expect(example).not.toBe('');
  }
});

test('what only shows between the parts is reported too', () => {
  const destination = { id: 'x', url: 'http://h:1' };
  const parsed = parseConfig({
    upstreams: {
      a: { destinations: [destination, destination], affinity: {}, hash: { header: 'x-user' } },
    },
    routes: [{ upstream: 'b' }, { upstream: 'a' }],
  });
  if (parsed.ok) throw new Error('was accepted');
  expect(parsed.mistakes.map(({ path }) => path).sort()).toEqual([
    'routes.0.upstream',
    'routes.1',
    'upstreams.a.affinity.cookie',
    'upstreams.a.destinations.1.id',
    'upstreams.a.hash',
  ]);
  expect(new ConfigError(parsed.mistakes).message).toContain('routes.0.upstream: "b" is not one of the upstreams');
});

test('P13: affinity by cookie without affinitySecrets is allowed, with one warning', () => {
  const warningsOf = (affinity: object | undefined, affinitySecrets: string[] = []): readonly string[] => {
    const one = { destinations: [], ...(affinity && { affinity }) };
    const parsed = parseConfig({ upstreams: { a: one, b: one }, routes: [], affinitySecrets });
    if (!parsed.ok) throw new Error('did not parse');
    return parsed.warnings;
  };
  expect(warningsOf({ cookie: 'aff' })).toEqual([expect.stringContaining('affinitySecrets is not set')]);
  expect(warningsOf({ cookie: 'aff' }, ['a-secret-of-sufficient-length'])).toEqual([]);
  expect(warningsOf({ by: 'address' })).toEqual([]);
  expect(warningsOf(undefined)).toEqual([]);
});

test('P7: a sliding binding needs a time', () => {
  const parsed = parseConfig({
    upstreams: { a: { destinations: [], affinity: { cookie: 'aff', sliding: true } } },
    routes: [],
  });
  if (parsed.ok) throw new Error('was accepted');
  expect(parsed.mistakes.map(({ path }) => path)).toEqual(['upstreams.a.affinity.sliding']);
});

test.each(POLICY_NAMES)('%s is a policy that a config may name', (policy) => {
  expect(parseConfig({ upstreams: { a: { policy, destinations: [] } }, routes: [] }).ok).toBe(true);
});

const mistakesOf = (config: object) => {
  const parsed = parseConfig(config);
  if (parsed.ok) throw new Error('was accepted');
  return parsed.mistakes;
};
const app = { destinations: [{ id: 'app-1', url: 'http://127.0.0.1:3001' }] };

test('an unknown upstream of a split route is reported with its place', () => {
  const split = { others: [{ upstream: 'app' }, { upstream: 'nxt' }] };
  const parsed = parseConfig({
    upstreams: { app: { destinations: [] } },
    routes: [{ path: '/', upstream: 'app', split }],
  });
  expect(parsed.ok ? [] : parsed.mistakes).toEqual([
    {
      path: 'routes.0.split.others.1.upstream',
      problem: '"nxt" is not one of the upstreams: there are app',
      example: 'app',
    },
  ]);
});

test('P17: an unknown upstream is reported beside a wrong policy and every other mistake', () => {
  const mistakes = mistakesOf({
    listen: { host: 'not a host' },
    colour: 'red',
    upstreams: {
      app: { ...app, policy: 'fastest', affinity: {} },
      twice: { destinations: [...app.destinations, ...app.destinations] },
    },
    routes: [{ upstream: 'ap' }, { upstream: 'app' }],
  });
  expect(mistakes.map(({ path }) => path).sort()).toEqual([
    'colour',
    'listen.host',
    'routes.0.upstream',
    'routes.1',
    'upstreams.app.affinity.cookie',
    'upstreams.app.policy',
    'upstreams.twice.destinations.1.id',
  ]);
});

test('P17: an example never repeats the mistake it stands beside', () => {
  const of = (config: object): string => mistakesOf(config)[0]?.example ?? '';
  const upstreams = { shop: app };
  expect(of({ upstreams, routes: [{ upstream: 'app' }] })).toBe('shop');
  expect(of({ upstreams: {}, routes: [{ upstream: 'app' }] })).toBe('upstreams: { app: { destinations: [] } }');
  expect(of({ upstreams: { shop: { destinations: [...app.destinations, ...app.destinations] } }, routes: [] })).toBe(
    'app-1-2',
  );
  expect(of({ upstreams, routes: [{ upstream: 'shop' }, { upstream: 'shop' }] })).toBe(
    '{ path: /other, upstream: shop }',
  );
  expect(of({ upstreams, routes: [], listen: { port: '8080' } })).toBe('8080, without quotes');
  expect(of({ upstreams: { shop: { ...app, hash: { cookie: 'user' } } }, routes: [] })).toContain(
    'policy: consistent-hash',
  );
});

test('P10: a hash of a header that is dropped for its underscore is refused, and both settings are named', () => {
  const upstreams = { app: { ...app, policy: 'consistent-hash', hash: { header: 'x_user' } } };
  const config = { upstreams, routes: [{ upstream: 'app' }] };
  expect(mistakesOf(config)).toEqual([
    {
      path: 'upstreams.app.hash.header',
      problem: '"x_user" has "_", and such fields are dropped unless underscoresInHeaders is true',
      example: 'x-user, or underscoresInHeaders: true',
    },
  ]);
  expect(parseConfig({ ...config, underscoresInHeaders: true }).ok).toBe(true);
  const cookie = { app: { ...app, policy: 'consistent-hash', hash: { cookie: 'x_user' } } };
  expect(parseConfig({ ...config, upstreams: cookie }).ok).toBe(true);
});

test('P17: an unknown setting names the one that was meant, or those that there are', () => {
  const [close, far] = mistakesOf({
    upstreams: { shop: { ...app, polices: 'round-robin', colour: 'red' } },
    routes: [],
  });
  expect(close).toMatchObject({ path: 'upstreams.shop.polices', problem: 'is not a setting: did you mean policy?' });
  expect(close?.example).toMatch(/^policy: round-robin/);
  expect(far?.problem).toMatch(/^is not a setting: there are .*policy.*affinity/);
  expect(mistakesOf({ upstreams: { shop: app }, routes: [{ upstream: 'shop', hots: 'a' }] })[0]?.problem).toContain(
    'host',
  );
});

test.each(['300.1.1.1', 'localhost:8080', '[::1]', 'a b', '', '-', 5])('P17: listen.host may not be %j', (host) => {
  expect(mistakesOf({ listen: { host }, upstreams: {}, routes: [] })).toMatchObject([
    { path: 'listen.host', example: '127.0.0.1' },
  ]);
});

test.each(['127.0.0.1', '::', '::1', 'localhost', 'my-host.example.org', '0.0.0.0'])(
  'listen.host may be %s',
  (host) => {
    expect(parseConfig({ listen: { host }, upstreams: {}, routes: [] }).ok).toBe(true);
  },
);

test.each([null, 42, 'text', [], { upstreams: [], routes: {} }, { upstreams: { a: null }, routes: [null] }])(
  'P17: %j is refused without a throw',
  (input) => {
    expect(parseConfig(input).ok).toBe(false);
  },
);

test('the settings of the admin API are the gateway’s', () => {
  expect(mistakesOf({ upstreams: {}, routes: [], admin: { port: 9080 } })[0]?.path).toBe('admin');
});

test('policies of an application are names like ours, and need one worker', () => {
  const config = { upstreams: { app: { policy: 'mine', destinations: [] } }, routes: [] };
  expect(parseConfig(config)).toMatchObject({ ok: false, mistakes: [{ path: 'upstreams.app.policy' }] });
  expect(parseConfig(config, ['mine'])).toMatchObject({ ok: true, config: { upstreams: { app: { policy: 'mine' } } } });
  const policies = { mine: () => createPolicy('round-robin', { random: Math.random }) };
  expect(createProxy(config, { policies }).reload(config)).toEqual({ ok: true });
  expect(() => createProxy({ ...config, workers: 2 }, { policies })).toThrow('workers: is more than 1');
});
