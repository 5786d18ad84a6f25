import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readOwnSystem } from '../system/own-system.js';
import alb from './alb.js';
import { upstreamOf } from './alb-target-group.js';
import caddy from './caddy.js';
import haproxy from './haproxy.js';
import nginx from './nginx.js';
import { examplePools, poolsOf } from './pool.js';

const system = readOwnSystem();
const engines = [nginx, haproxy, caddy];
const render = (engine: typeof alb | (typeof engines)[number], scenario: string) =>
  engine.program.render(examplePools(system, scenario), {
    port: 8080,
    adminPort: 9080,
    dir: '/run/engine',
    secret: 'drawn anew',
  });

test('pools name the destinations that run, by app of the scenario', () => {
  const replicas = [
    { id: 'auth-1', app: 'auth', fleet: 'cached', port: 3001 },
    { id: 'shared-auth-1', app: 'auth', fleet: 'shared', port: 4001 },
  ];
  const [auth, todo] = poolsOf(system, ['sticky-cookie-cached'], replicas);
  expect(auth).toEqual({
    ...{ name: 'sticky-cookie-cached-auth', host: 'sticky-cookie-cached.localhost', routes: ['/auth'] },
    ...{ policy: 'round-robin', affinity: true, destinations: [{ id: 'auth-1', port: 3001 }] },
  });
  expect(todo?.destinations).toEqual([]);
  expect(() => poolsOf(system, ['nonsense'], [])).toThrow('there is no scenario "nonsense"');
});

test.each(engines)('docs/engines.md shows the file of $id as it is', (engine) => {
  const page = readFileSync(new URL('../../../docs/engines.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`\n${render(engine, 'sticky-cookie-local').trim()}\n\`\`\``);
});

test.each(engines)('$id has a line for every policy of a scenario', (engine) => {
  const files = (['round-robin', 'least-requests', 'random-two', 'ip-hash', 'consistent-hash'] as const).map((policy) =>
    engine.program.render(
      examplePools(system, 'round-robin-local').map((pool) => ({ ...pool, policy })),
      { port: 8080, adminPort: 9080, dir: '/run/engine', secret: 'drawn anew' },
    ),
  );
  for (const file of files) expect(file).not.toContain('undefined');
});

test.each(engines)('$id routes each app of a scenario by its path', (engine) => {
  const file = render(engine, 'round-robin-cached');
  for (const app of ['auth', 'todo', 'chat']) expect(file).toContain(`round-robin-cached-${app}`);
  for (const id of ['auth-1', 'todo-2', 'chat-3']) expect(file).toContain(id);
});

test('an emulated load balancer has a target group for each app, with a cookie where the scenario has one', () => {
  const file = parse(render(alb, 'sticky-cookie-cached'));
  expect(Object.keys(file.upstreams)).toHaveLength(3);
  expect(file.upstreams['sticky-cookie-cached-auth']).toMatchObject({
    ...{ policy: 'round-robin', retryBudgetRatio: 0 },
    affinity: { cookie: 'AWSALB', maxAgeSeconds: 86_400, sliding: true, whenDraining: 'move' },
    destinations: [{ id: 'auth-1' }, { id: 'auth-2' }, { id: 'auth-3' }],
  });
  expect(parse(render(alb, 'round-robin-cached')).upstreams['round-robin-cached-auth'].affinity).toBeUndefined();
});

test('what AWS refuses is refused', () => {
  expect(() =>
    upstreamOf({
      'load_balancing.algorithm.type': 'least_outstanding_requests',
      'slow_start.duration_seconds': 30,
    }),
  ).toThrow('AWS has no slow start with least_outstanding_requests');
  for (const name of ['', 'AWSALB', 'AWSALBAPP', 'AWSALBTG']) {
    expect(() =>
      upstreamOf({
        ...{ 'stickiness.enabled': true, 'stickiness.type': 'app_cookie' },
        'stickiness.app_cookie.cookie_name': name,
      }),
    ).toThrow('must name a cookie of the application');
  }
});
