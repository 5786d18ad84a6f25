import { describe, expect, test } from '@jest/globals';
import { expandRoutes, scenarioNames, scenarioOf } from './scenario-routes.js';

const routes = [
  { host: 'calm.localhost', path: '/', upstream: 'calm' },
  { host: 'storm.localhost', path: '/', upstream: 'storm' },
  { host: 'docs.example.com', path: '/', upstream: 'docs' },
];

describe('scenario routes', () => {
  test('names a scenario after the first label under the domain', () => {
    expect(scenarioOf({ host: 'storm.localhost' }, 'localhost')).toBe('storm');
  });

  test.each([['localhost'], ['lab.localhost'], ['storm.lab.localhost'], ['docs.example.com'], [undefined]])(
    'takes %s for no scenario',
    (host) => {
      expect(scenarioOf({ host }, 'localhost')).toBeUndefined();
    },
  );

  test('lists each scenario once, in file order', () => {
    expect(scenarioNames([...routes, ...routes], 'localhost')).toEqual(['calm', 'storm']);
  });

  test('serves every scenario at its own host and beside the page', () => {
    const hosts = expandRoutes(routes, { active: 'calm', domain: 'localhost' }).map(({ host, upstream }) => [
      host,
      upstream,
    ]);
    expect(hosts).toContainEqual(['storm.localhost', 'storm']);
    expect(hosts).toContainEqual(['storm.lab.localhost', 'storm']);
    expect(hosts).toContainEqual(['docs.example.com', 'docs']);
  });

  test('serves the active scenario, and no other, at the plain hosts', () => {
    const expanded = expandRoutes(routes, { active: 'storm', domain: 'localhost' });
    for (const host of ['localhost', 'lab.localhost', '127.0.0.1', '[::1]']) {
      expect(expanded.filter((route) => route.host === host).map(({ upstream }) => upstream)).toEqual(['storm']);
    }
  });
});
