import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chooseFleets, needsMemcached } from './choose-fleets.js';
import { gatewayFile } from './gateway-file.js';
import { readOwnSystem } from './own-system.js';
import { servicePlan } from './service-plan.js';
import { scenarioUpstreams } from './upstreams.js';

const system = readOwnSystem();

describe('chosen fleets', () => {
  test('are the monolith and the cached one in a plain start', () => {
    expect(chooseFleets(system, {})).toEqual({ fleets: ['monolith', 'cached'], active: 'round-robin-cached' });
  });

  test('are all of them on request', () => {
    expect(chooseFleets(system, { all: true }).fleets).toEqual(Object.keys(system.fleets));
  });

  test('are only those that the named scenarios need, the first of which is active', () => {
    const chosen = chooseFleets(system, { scenarios: ['ip-hash-local', 'round-robin-local'] });
    expect(chosen).toEqual({ fleets: ['monolith'], active: 'ip-hash-local' });
  });

  test('cannot be chosen by a scenario that does not exist', () => {
    expect(() => chooseFleets(system, { scenarios: ['chaos'] })).toThrow(
      /no scenario "chaos"; there are round-robin-local/,
    );
  });
});

describe('service plan', () => {
  const plan = servicePlan(system, {
    root: '/r',
    fleets: ['monolith', 'cached', 'shared', 'single', 'local-todos'],
    replicas: 3,
    env: { X: '1' },
  });

  test('names replicas after the app, and after the fleet where that is not the usual one', () => {
    expect(plan.map(({ idPrefix }) => idPrefix)).toEqual([
      'monolith',
      'auth',
      'todo',
      'chat',
      'shared-auth',
      'shared-todo',
      'shared-chat',
      'single-monolith',
      'local-todos-auth',
      'local-todos-todo',
      'local-todos-chat',
    ]);
  });

  test("gives each process the common environment and its fleet's", () => {
    expect(plan[0]?.env).toMatchObject({ X: '1', SESSION_STORE: 'memory', TODO_STORE: 'memory' });
    expect(plan[1]?.env).toMatchObject({ X: '1', SESSION_STORE: 'cached', TODO_STORE: 'redis' });
  });
});

describe('a fleet with a number of replicas of its own', () => {
  const plan = (replicas: number) =>
    servicePlan(system, { root: '/r', fleets: ['single', 'cached'], replicas, env: {} });

  test('has that many in spite of REPLICAS, and stays so when its app is scaled', () => {
    expect(plan(3).map(({ replicas, scaledAlone }) => [replicas, scaledAlone])).toEqual([
      [1, true],
      [3, false],
      [3, false],
      [3, false],
    ]);
  });
});

test('Memcached is needed only by the fleets that keep sessions in it', () => {
  const needs = (scenarios: string[]) => needsMemcached(system, chooseFleets(system, { scenarios }).fleets);
  expect(needs(['single-local', 'round-robin-cached'])).toBe(false);
  expect(needs(['single-local', 'round-robin-memcached'])).toBe(true);
});

describe('gateway file', () => {
  const file = parse(
    gatewayFile(system, {
      port: 8080,
      adminPort: 9080,
      active: 'round-robin-cached',
      affinitySecrets: ['s'],
      replicas: [
        { id: 'monolith-1', app: 'monolith', fleet: 'monolith', port: 20001 },
        { id: 'auth-1', app: 'auth', fleet: 'cached', port: 20002 },
        { id: 'console-1', app: 'console', fleet: 'edge', port: 20003 },
      ],
    }),
  );

  test('has one upstream per app of each scenario, and the console', () => {
    const names = scenarioUpstreams(system).map(({ name }) => name);
    expect(names).toContain('round-robin-local');
    expect(names).toContain('sticky-cookie-cached-chat');
    expect(Object.keys(file.upstreams)).toEqual([...names, 'console']);
  });

  test('sends each path of a scenario to its app, and the rest to the console', () => {
    const routes = file.routes.filter(({ host }: { host: string }) => host === 'round-robin-cached.localhost');
    expect(
      Object.fromEntries(routes.map((route: { path: string; upstream: string }) => [route.path, route.upstream])),
    ).toEqual({
      '/auth': 'round-robin-cached-auth',
      '/todos': 'round-robin-cached-todo',
      '/chat': 'round-robin-cached-chat',
      '/': 'console',
    });
  });

  test('binds clients by cookie only where the scenario does', () => {
    expect(file.upstreams['sticky-cookie-local'].affinity).toEqual({
      cookie: 'hf_affinity',
      onFailure: 'redistribute',
    });
    expect(file.upstreams['round-robin-local'].affinity).toBeUndefined();
    expect(file.upstreams['ip-hash-local'].policy).toBe('ip-hash');
  });

  test('leaves a scenario whose fleet does not run without destinations, saying how to start it', () => {
    expect(file.upstreams['round-robin-shared-auth'].destinations).toEqual([]);
    expect(file.upstreams['round-robin-shared-auth'].hint).toContain('npm start -- --scenarios round-robin-shared');
    expect(file.upstreams['round-robin-local'].destinations).toEqual([
      { id: 'monolith-1', url: 'http://127.0.0.1:20001' },
    ]);
  });
});
