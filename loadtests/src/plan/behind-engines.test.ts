import { expect, test } from '@jest/globals';
import { loadRegistry } from '../registry/registry.js';
import { type Experiment, experimentSchema, type Results } from '../results/results.js';
import { judge } from '../rules/judge.js';
import { behindEngines } from './behind-engines.js';
import { planRuns } from './plan-runs.js';

const registry = await loadRegistry();
const crash: Experiment = {
  ...{ name: 'crash', question: '?', claim: 9, journey: 'todos', disturb: [{ at: '5s', kill: 'server-2' }] },
  ...{ arms: ['ip-hash-local', 'round-robin-cached', 'far', 'round-robin-cached@twin'] },
  variants: { far: { scenario: 'round-robin-cached', options: { redisRoundTripMs: 5 } } },
  load: { users: 25, requestsPerUser: '2/s', warmUp: '3s', measure: '7s' },
  rules: [
    { say: 'It holds.', counted: 'loggedOut(before, ip-hash-local, round-robin-cached) is 0' },
    { say: 'It is as fast.', estimated: 'same(p50Ms, round-robin-cached, ip-hash-local) within 1.1' },
  ],
};
const EVERYTHING: Results['only'] = { scenarios: null, faults: null };
const one = (experiment: Experiment, engines: string[] | undefined, only = EVERYTHING) =>
  behindEngines([experiment], engines, registry, only)[0] as Experiment;

test('each arm and each rule is there once for each load balancer, neighbours side by side', () => {
  const both = one(crash, ['holdfast', 'nginx']);
  expect(both.arms.slice(0, 4)).toEqual([
    ...['ip-hash-local', 'ip-hash-local@nginx', 'round-robin-cached', 'round-robin-cached@nginx'],
  ]);
  expect(both.arms).toContain('round-robin-cached@nginx@twin');
  expect(both.rules.map(({ say }) => say)).toEqual([
    ...['It holds.', 'Behind nginx: It holds.', 'It is as fast.', 'Behind nginx: It is as fast.'],
  ]);
  expect(both.rules[1]).toMatchObject({
    engine: 'nginx',
    counted: 'loggedOut(before, ip-hash-local@nginx, round-robin-cached@nginx) is 0',
  });
  expect(both.rules[3]?.estimated).toBe('same(p50Ms, round-robin-cached@nginx, ip-hash-local@nginx) within 1.1');
  expect(experimentSchema.parse(both)).toEqual(both);
});

test('a planned run knows its load balancer, its scenario and its options', () => {
  const runs = planRuns([one(crash, ['holdfast', 'nginx'])], { blocks: 1, seed: 1, only: EVERYTHING }, registry);
  const arm = (name: string) => runs.find((run) => run.arm.name === name)?.arm;
  expect(arm('far@nginx')).toMatchObject({
    ...{ engine: 'nginx', scenario: 'round-robin-cached', options: { redisRoundTripMs: 5 } },
  });
  expect(arm('ip-hash-local')).toMatchObject({ engine: 'holdfast', scenario: 'ip-hash-local' });
  expect(runs).toHaveLength(8);
});

test('verdicts name their load balancer, and a rule without runs says how to make them', () => {
  const [ours, other] = judge([one(crash, ['holdfast', 'nginx'])], []);
  expect(ours?.engine).toBeUndefined();
  expect(other).toMatchObject({ engine: 'nginx', claim: 'Behind nginx: It holds.', holds: null });
  expect(other?.because).toContain('npm run lab -- run crash --engine holdfast,nginx --blocks');
});

test('what a load balancer cannot do is not planned, with the reason', () => {
  const drained = { ...crash, name: 'deploy-drained', disturb: [{ at: '5s', deploy: { drainSeconds: 5 } }] };
  const planned = one(drained, ['holdfast', 'nginx']);
  expect(planned.engines).toEqual(['holdfast']);
  expect(planned.arms).toEqual(crash.arms);
  expect(planned.notPlanned).toEqual([
    'deploy-drained is not planned behind nginx: "deploy: { drainSeconds: 5 }" needs a load balancer to drain a server while it runs, and the lab has no such lever on nginx.',
  ]);
  expect(one(drained, ['alb']).engines).toEqual(['alb']);
  const atOnce = { ...crash, disturb: [{ at: '5s', deploy: 'at-once' }] };
  expect(one(atOnce, ['nginx']).notPlanned).toBeUndefined();
  const scaled = { ...crash, disturb: [{ at: '5s', scale: 6 }] };
  expect(one(scaled, ['haproxy']).arms).toEqual([]);
  const races = { ...crash, runner: 'races', disturb: [] };
  expect(one(races, ['nginx']).notPlanned?.[0]).toContain('its runner races has no load balancer');
});

test('an arm whose policy a load balancer does not have is not planned behind it', () => {
  const planned = one(crash, ['alb', 'nginx']);
  expect(planned.arms).toContain('ip-hash-local@nginx');
  expect(planned.arms).not.toContain('ip-hash-local@alb');
  expect(planned.notPlanned).toEqual(['crash: ip-hash-local is not planned behind alb, which has no ip-hash.']);
});

test('a load balancer that cannot be disturbed runs what is calm, and is not named for what nobody asked', () => {
  const drained = { ...crash, name: 'deploy-drained', disturb: [{ at: '5s', deploy: { drainSeconds: 5 } }] };
  const calm = one(drained, ['nginx'], { scenarios: null, faults: ['none'] });
  expect([calm.notPlanned, calm.engines]).toEqual([undefined, ['nginx']]);
  const only = { scenarios: null, faults: ['none'] };
  expect(planRuns([calm], { blocks: 1, seed: 1, only }, registry)).toHaveLength(crash.arms.length);
  expect(one(drained, ['nginx'], { scenarios: null, faults: ['kill'] }).notPlanned).toBeUndefined();
  expect(one(drained, ['nginx'], { scenarios: null, faults: ['deploy'] }).notPlanned).toHaveLength(1);
  expect(one(crash, ['alb'], { scenarios: ['round-robin-cached'], faults: null }).notPlanned).toBeUndefined();
});

test('nothing changes where nobody asked', () => {
  expect(one(crash, undefined)).toBe(crash);
});
