import { readSystem } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { loadRegistry } from '../registry/registry.js';
import type { Experiment } from '../results/results.js';
import type { RunPlan } from '../runners/run-arm.js';
import { planRuns } from './plan-runs.js';
import { sharesDisturbed } from './run-set.js';

const registry = await loadRegistry();
const system = readSystem();

/** The one run of an arm under a disturbance. */
function run(scenario: string, disturb: Experiment['disturb'], options: Record<string, unknown> = {}): RunPlan {
  const experiment: Experiment = {
    ...{ name: 'crash', question: '?', claim: 9, journey: 'todos', rules: [], disturb, arms: ['arm'] },
    ...{
      variants: { arm: { scenario, options } },
      load: { users: 25, requestsPerUser: '2/s', warmUp: '3s', measure: '7s' },
    },
  };
  const only = { scenarios: null, faults: null };
  const [planned] = planRuns([experiment], { blocks: 1, seed: 1, only }, registry);
  if (planned === undefined || 'runner' in planned) throw new Error('no run');
  return planned;
}

test('a killed server concerns only the next run on its fleet', () => {
  const before = run('sticky-cookie-local', [{ at: '5s', kill: 'server-2' }]);
  expect(sharesDisturbed(before, run('ip-hash-local', []), system)).toBe(true);
  expect(sharesDisturbed(before, run('round-robin-cached', []), system)).toBe(false);
});

test('a Redis that was taken down, or is far away, concerns the next run on any fleet', () => {
  const next = run('round-robin-cached', []);
  expect(sharesDisturbed(run('sticky-cookie-local', [{ at: '5s', 'redis-crash': 'kept-down' }]), next, system)).toBe(
    true,
  );
  expect(sharesDisturbed(run('sticky-cookie-local', [], { redisRoundTripMs: 5 }), next, system)).toBe(true);
});
