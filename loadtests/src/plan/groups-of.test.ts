import { expect, test } from '@jest/globals';
import { loadRegistry } from '../registry/registry.js';
import type { Experiment } from '../results/results.js';
import { groupsOf } from './groups-of.js';
import { planRuns } from './plan-runs.js';

const registry = await loadRegistry();
const base: Experiment = {
  ...{ name: 'calm', question: '?', claim: 1, journey: 'todos', rules: [], disturb: [] },
  arms: ['sticky-cookie-local', 'round-robin-cached'],
  load: { users: 25, requestsPerUser: '2/s', warmUp: '3s', measure: '7s' },
};

/** Names of the experiments of each group of two blocks. */
function grouped(...experiments: readonly Partial<Experiment>[]): string[] {
  const set = experiments.map((change) => ({ ...base, ...change }));
  const runs = planRuns(set, { blocks: 2, seed: 1, only: { scenarios: null, faults: null } }, registry);
  return groupsOf(runs).map((group) => [...new Set(group.runs.map(({ experiment }) => experiment))].join());
}

test('the runs of a block share a start', () => {
  const crash = { name: 'crash', disturb: [{ at: '5s', kill: 'server-2' }] };
  expect(grouped({}, crash)).toEqual(['calm,crash', 'calm,crash']);
});

test('runs behind a proxy before Redis, and those of a runner, have starts of their own', () => {
  const far = { scenario: 'round-robin-cached', options: { redisRoundTripMs: 5 } };
  const roundTrip = { name: 'round-trip', arms: ['far'], variants: { far } };
  const failover = { name: 'failover', arms: ['sentinel'], runner: 'failover', load: {} };
  expect(grouped({}, roundTrip, failover)).toEqual(Array(2).fill(['calm', 'round-trip', 'failover']).flat());
});

test('where speeds are compared, only the fleets compared are there', () => {
  const latency = { name: 'latency', arms: ['round-robin-cached', 'round-robin-cached@twin'] };
  expect(grouped({}, latency)).toEqual(['calm', 'latency', 'latency', 'calm', 'latency', 'latency']);
});

test('a twin has a start of its own, of the same fleets, and not always the later one', () => {
  const latency = { name: 'latency', arms: ['sticky-cookie-local', 'round-robin-cached', 'round-robin-cached@twin'] };
  const runs = planRuns(
    [{ ...base, ...latency }],
    { blocks: 20, seed: 1, only: { scenarios: null, faults: null } },
    registry,
  );
  const starts = groupsOf(runs).map((group) => ({
    block: group.runs[0]?.block,
    arms: group.runs.map(({ arm }) => arm.name).sort(),
    scenarios: [...group.scenarios].sort(),
  }));
  const fleets = ['round-robin-cached', 'sticky-cookie-local'];
  for (let block = 1; block <= 20; block++) {
    const ofBlock = starts.filter((start) => start.block === block);
    expect(ofBlock.map(({ scenarios }) => scenarios)).toEqual([fleets, fleets]);
    expect(ofBlock.map(({ arms }) => arms.join()).sort()).toEqual([fleets.join(), 'round-robin-cached@twin']);
  }
  const first = starts.filter((_, n) => n % 2 === 0).map(({ arms }) => arms.length);
  expect(new Set(first)).toEqual(new Set([1, 2]));
});

test("a twin under a disturbance, or far from Redis, has one too; a runner's starts anyway", () => {
  const twins = { arms: ['round-robin-cached', 'round-robin-cached@twin'] };
  const crash = { name: 'crash', disturb: [{ at: '5s', kill: 'server-2' }], ...twins };
  const far = { scenario: 'round-robin-cached', options: { redisRoundTripMs: 5 } };
  const roundTrip = { name: 'round-trip', arms: ['far', 'far@twin'], variants: { far, 'far@twin': far } };
  const clients = { name: 'store-clients', arms: ['three', 'three@twin'], runner: 'failover', load: {} };
  expect(grouped(crash)).toEqual(Array(4).fill('crash'));
  expect(grouped(roundTrip)).toEqual(Array(4).fill('round-trip'));
  expect(grouped(clients)).toEqual(Array(2).fill('store-clients'));
});
