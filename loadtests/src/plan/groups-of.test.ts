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
  return groupsOf(runs).map((group) => [...new Set(group.map(({ experiment }) => experiment))].join());
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
  expect(grouped({}, latency)).toEqual(['calm', 'latency', 'calm', 'latency']);
});
