import { expect, test } from '@jest/globals';
import { POLICY_NAMES } from '../balancing/create-policy.js';
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
