import { expect, test } from '@jest/globals';
import { loadRegistry } from '../registry/registry.js';
import type { Experiment, Results } from '../results/results.js';
import type { RunPlan } from '../runners/run-arm.js';
import { planRuns, readArm, runKey } from './plan-runs.js';

const registry = await loadRegistry();
const all = { scenarios: null, faults: null };
const plan = (blocks: number, only: Results['only'] = all, changes: Partial<Experiment> = {}) =>
  planRuns([{ ...experiment, ...changes }], { blocks, seed: 1, only }, registry).filter(
    (run): run is RunPlan => !('runner' in run),
  );
const experiment: Experiment = {
  ...{ name: 'crash', question: '?', claim: 9, journey: 'todos', rules: [] },
  arms: ['ip-hash-local', 'round-robin-local', 'round-robin-cached', 'round-robin-cached@twin'],
  load: { users: 25, requestsPerUser: '2/s', warmUp: '3s', measure: '7s' },
  disturb: [{ at: '6500ms', kill: 'server-2' }],
};

test('each block has every arm once, in an order that the seed draws', () => {
  const runs = plan(4);
  const order = (block: number): string[] => runs.filter((run) => run.block === block).map(({ arm }) => arm.name);
  for (const block of [1, 2, 3, 4]) expect([...order(block)].sort()).toEqual([...experiment.arms].sort());
  expect(new Set([1, 2, 3, 4].map((block) => order(block).join())).size).toBeGreaterThan(1);
  expect(plan(4).map(runKey)).toEqual(runs.map(runKey));
});

test('times are milliseconds, and a disturbance knows its target', () => {
  const [run] = plan(1);
  expect(run?.load).toMatchObject({
    ...{ users: 25, perSecond: 2, spacing: 'exponential', warmUpMs: 3_000, measureMs: 7_000 },
    ...{ addresses: 'own', heavyUsers: 0 },
  });
  expect(run?.disturbances[0]).toMatchObject({ atMs: 6_500, options: 'server-2' });
});

test('server-any is another server in each block, and the same one in every arm of a block', () => {
  const any = plan(3, all, { disturb: [{ at: '6500ms', kill: 'server-any' }] });
  const killed = (block: number) => [
    ...new Set(any.filter((run) => run.block === block).map(({ disturbances }) => disturbances[0]?.options)),
  ];
  expect([...killed(1), ...killed(2), ...killed(3)]).toEqual(['server-3', 'server-1', 'server-2']);
});

test('a twin is a second start of the same scenario', () => {
  expect(readArm('round-robin-cached@twin')).toMatchObject({
    name: 'round-robin-cached@twin',
    scenario: 'round-robin-cached',
  });
});

test('an unknown disturbance or a wrong option is refused by name', () => {
  expect(() => plan(1, all, { disturb: [{ at: '1s', explode: 1 }] })).toThrow('"explode"');
  expect(() => plan(1, all, { disturb: [{ at: '1s', kill: 'redis' }] })).toThrow('Use server-1');
});

test('only the arms and disturbances that were asked for are run; `none` asks for calm runs', () => {
  const names = (only: Results['only']): string[] =>
    plan(1, only)
      .map(({ arm }) => arm.name)
      .sort();
  expect(names({ scenarios: ['round-robin-cached'], faults: null })).toEqual([
    'round-robin-cached',
    'round-robin-cached@twin',
  ]);
  expect(names({ scenarios: null, faults: ['freeze'] })).toEqual([]);
  expect(plan(1, { scenarios: null, faults: ['none'] }).every(({ disturbances }) => disturbances.length === 0)).toBe(
    true,
  );
  expect(plan(1, { scenarios: null, faults: ['kill'] }).every(({ disturbances }) => disturbances.length === 1)).toBe(
    true,
  );
});

test('a variant of a scenario has its options, and its twin has them too', () => {
  const options = { redisRoundTripMs: 5 };
  const name = 'round-robin-cached@5ms';
  const variants = { [name]: { scenario: 'round-robin-cached', options } };
  expect(plan(1, all, { arms: [name], variants })[0]?.arm).toEqual({
    ...{ name, scenario: 'round-robin-cached', engine: 'holdfast', options },
  });
});

test('an experiment with a runner is run by it, and an unknown runner is refused by name', () => {
  const name = 'sentinel-kill';
  const own: Experiment = { ...experiment, arms: [name], runner: 'failover', disturb: [], load: {} };
  const [run] = planRuns([own], { blocks: 1, seed: 1, only: all }, registry);
  expect(run).toMatchObject({ experiment: 'crash', block: 1, runner: { id: 'failover' } });
  expect(() => planRuns([{ ...own, runner: 'nobody' }], { blocks: 1, seed: 1, only: all }, registry)).toThrow(
    '"nobody"',
  );
});

test('a runner whose arms kill is no calm run', () => {
  const variants = { sentinel: { scenario: 'sentinel', options: { topology: 'sentinel', fault: 'kill' } } };
  const own: Experiment = { ...experiment, arms: ['sentinel'], variants, runner: 'failover', disturb: [], load: {} };
  const planned = (faults: string[]) =>
    planRuns([own], { blocks: 1, seed: 1, only: { scenarios: null, faults } }, registry);
  expect(planned(['none'])).toEqual([]);
  expect(planned(['kill'])).toHaveLength(1);
});

test('a runner whose arms disturb nothing is a calm run', () => {
  const variants = { memory: { scenario: 'memory', options: { store: 'memory' } } };
  const own: Experiment = { ...experiment, arms: ['memory'], variants, runner: 'races', disturb: [], load: {} };
  const planned = (faults: string[]) =>
    planRuns([own], { blocks: 1, seed: 1, only: { scenarios: null, faults } }, registry);
  expect(planned(['none'])).toHaveLength(1);
  expect(planned(['kill'])).toEqual([]);
});

test("a runner's arm that is named as a scenario is asked for by that name", () => {
  const memory = (name: string) => [name, { scenario: 'growth', options: { store: 'memory' } }] as const;
  const arms = ['sticky-cookie-local', 'round-robin-cached'];
  const variants = Object.fromEntries(arms.map(memory));
  const own: Experiment = { ...experiment, arms, variants, runner: 'growth', disturb: [], load: {} };
  const only = { scenarios: ['sticky-cookie-local'], faults: null };
  expect(planRuns([own], { blocks: 1, seed: 1, only }, registry).map(({ arm }) => arm.name)).toEqual([
    'sticky-cookie-local',
  ]);
});

test('an experiment with fewer blocks than the set is left out of the last ones', () => {
  const blocks = plan(3, all, { blocks: 1 }).map(({ block }) => block);
  expect(new Set(blocks)).toEqual(new Set([1]));
});

test('what reaches only servers comes before what reaches Redis, which all fleets of a block share', () => {
  const named = (name: string, disturb: Experiment['disturb']): Experiment => ({ ...experiment, name, disturb });
  const redis = named('redis-crash', [{ at: '6s', 'redis-crash': 'restarted' }]);
  const set = [redis, named('crash', [{ at: '6s', kill: 'server-2' }]), named('calm', [])];
  const runs = planRuns(set, { blocks: 1, seed: 1, only: all }, registry);
  expect([...new Set(runs.map((run) => run.experiment))]).toEqual(['calm', 'crash', 'redis-crash']);
});
