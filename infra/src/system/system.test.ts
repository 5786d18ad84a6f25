import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chooseFleets } from './choose-fleets.js';
import { gatewayFile } from './gateway-file.js';
import { scenarioCards } from './scenario-cards.js';
import { servicePlan } from './service-plan.js';
import { parseSystem, readSystem } from './system-file.js';
import { scenarioUpstreams } from './upstreams.js';

const system = readSystem();

describe('system file', () => {
  test('has the seven scenarios of the comparison', () => {
    expect(Object.keys(system.scenarios)).toEqual([
      'round-robin-local',
      'ip-hash-local',
      'sticky-cookie-local',
      'round-robin-connect-redis',
      'round-robin-shared',
      'round-robin-cached',
      'sticky-cookie-cached',
    ]);
  });

  test('gives every fleet keys of its own in Redis', () => {
    const prefixes = Object.values(system.fleets).map(({ env }) => env.KEY_PREFIX);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(prefixes).not.toContain(undefined);
  });

  test('says every mistake with its path', () => {
    const text = `
apps: { web: { main: web.js, routes: [web] } }
fleets: { one: { apps: [wob] } }
scenarios: { calm: { fleet: two, policy: random } }
active: storm`;
    expect(() => parseSystem(text)).toThrow(/apps\.web\.routes\.0: .*\n.*scenarios\.calm\.policy: /);
    const dangling = text.replace('[web]', '[/web]').replace('random', 'round-robin');
    expect(() => parseSystem(dangling)).toThrow(/no app "wob"\n.*no fleet "two"\n.*no scenario "storm"/);
  });
});

describe('cards for the page', () => {
  test('U8: tell a scenario that somebody adds to the system file, and where its sessions live', () => {
    const text = `
apps: { web: { main: web.js, routes: [/web] } }
fleets: { one: { apps: [web], env: { SESSION_STORE: memory } }, two: { apps: [web], title: A store } }
scenarios:
  calm: { fleet: one, policy: least-requests, story: Calm. }
  tied: { fleet: two, policy: round-robin, affinity: true }
active: calm`;
    expect(scenarioCards(parseSystem(text))).toEqual([
      { name: 'calm', routing: 'Least requests', state: 'memory', store: 'memory', story: 'Calm.' },
      { name: 'tied', routing: 'Sticky cookie', state: 'A store', store: 'shared', story: '' },
    ]);
  });

  test('U8: have a story for every scenario of ours', () => {
    expect(scenarioCards(system).filter(({ story }) => story === '')).toEqual([]);
  });
});

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
    fleets: ['monolith', 'cached', 'shared'],
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
    ]);
  });

  test("gives each process the common environment and its fleet's", () => {
    expect(plan[0]?.env).toMatchObject({ X: '1', SESSION_STORE: 'memory', TODO_STORE: 'memory' });
    expect(plan[1]?.env).toMatchObject({ X: '1', SESSION_STORE: 'cached', TODO_STORE: 'redis' });
  });
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
