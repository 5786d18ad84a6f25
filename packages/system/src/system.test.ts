import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { describeScenarios, parseSystem, readSystem, scenarioDescriptionShape } from './index.js';

const path = join(import.meta.dirname, '../../../infra/system.yaml');
const system = readSystem(path);

describe('the system file', () => {
  test('has the seven scenarios of a plain comparison, and those that only --all starts', () => {
    expect(Object.keys(system.scenarios)).toEqual([
      'round-robin-local',
      'ip-hash-local',
      'sticky-cookie-local',
      'round-robin-connect-redis',
      'round-robin-shared',
      'round-robin-cached',
      'sticky-cookie-cached',
      'single-local',
      'round-robin-local-todos',
      'sticky-cookie-local-todos',
      'round-robin-memcached',
    ]);
  });

  test('gives every fleet keys of its own', () => {
    const prefixes = Object.values(system.fleets).map(({ env }) => env.KEY_PREFIX);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(prefixes).not.toContain(undefined);
  });

  test('is refused with every mistake and its path', () => {
    const text = `
apps: { web: { main: web.js, routes: [web] } }
fleets: { one: { apps: [wob], env: { SESSION_STORE: disk } } }
scenarios: { calm: { fleet: two, policy: random } }
active: storm`;
    expect(() => parseSystem(text)).toThrow(
      /apps\.web\.routes\.0: .*\n.*fleets\.one\.env\.SESSION_STORE: .*\n.*scenarios\.calm\.policy: /,
    );
    const dangling = text.replace('[web]', '[/web]').replace('random', 'round-robin').replace('disk', 'redis');
    expect(() => parseSystem(dangling)).toThrow(/no app "wob"\n.*no fleet "two"\n.*no scenario "storm"/);
  });
});

describe('described scenarios', () => {
  test('U8: include one that somebody adds to the system file, with where its sessions live', () => {
    const text = `
apps: { web: { main: web.js, routes: [/web] } }
fleets:
  one: { apps: [web], env: { SESSION_STORE: memory, TODO_STORE: memory } }
  two: { apps: [web], title: A store }
scenarios:
  calm: { fleet: one, policy: least-requests, story: Calm., title: Calm days }
  tied: { fleet: two, policy: round-robin, affinity: true }
active: calm`;
    expect(describeScenarios(parseSystem(text))).toEqual([
      {
        ...{ name: 'calm', title: 'Calm days', story: 'Calm.', expect: null, routing: 'Least requests' },
        ...{
          policy: 'least-requests',
          affinity: false,
          state: 'memory',
          store: 'memory',
          todos: 'memory',
          fleet: 'one',
        },
      },
      {
        ...{ name: 'tied', title: 'Sticky cookie × A store', story: '', expect: null, routing: 'Sticky cookie' },
        ...{ policy: 'round-robin', affinity: true, state: 'A store', store: 'cached', todos: 'redis', fleet: 'two' },
      },
    ]);
  });

  test('U8: have a title of their own, a story and an expectation for every scenario of ours', () => {
    const described = describeScenarios(system);
    expect(described.filter(({ story, expect: expected }) => story === '' || expected === null)).toEqual([]);
    expect(new Set(described.map(({ title }) => title)).size).toBe(described.length);
    for (const each of described) expect(scenarioDescriptionShape.parse(each)).toEqual(each);
  });

  test('expect what follows from where state lives', () => {
    for (const { name, store, todos, expect: expected } of describeScenarios(system)) {
      if (store !== 'memory') expect([name, expected?.death.logins]).toEqual([name, 'kept']);
      if (todos !== 'memory') expect([name, expected?.death.todos]).toEqual([name, 'kept']);
      if (store === 'memory') expect([name, expected?.death.logins]).not.toEqual([name, 'kept']);
    }
  });
});
